"""Tags of the page's frame."""

from html import escape

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag(takes_context=True)
def again(context, name):
    """The text of a block once more: the page's `title` is also its heading."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return block.nodelist.render(context).strip()


class Same(template.Node):
    def __init__(self, nodelist):
        self.nodelist, self.drawn = nodelist, {}

    def render(self, context):
        language = get_language()
        if language not in self.drawn:
            self.drawn[language] = self.nodelist.render(context)
        return self.drawn[language]


@register.tag
def same(parser, token):
    """{% same %}…{% endsame %}: what is the same on every page for everybody, drawn once in each language."""
    nodelist = parser.parse(("endsame",))
    parser.delete_first_token()
    return Same(nodelist)


@register.filter
def options(offered):
    """[(value, words, whether it is chosen)] as the options of a list; a loop in a template takes ten times as long."""
    drawn = (
        f'<option value="{escape(str(value))}"{" selected" if chosen else ""}>{escape(str(words))}</option>'
        for value, words, chosen in offered
    )
    return mark_safe("".join(drawn))  # noqa: S308 - each part of it is escaped
