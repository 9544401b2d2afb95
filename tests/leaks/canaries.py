"""What makes one record of each business model, every text in it a canary."""


def registry():
    """(factories by label in the order of their making, a decorator that adds one: `@of("app.Model")`)"""
    factories = {}

    def of(label):
        def register(factory):
            factories[label.lower()] = factory
            return factory

        return register

    return factories, of
