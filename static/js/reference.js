// The API's reference. Requests are sent under the reader's session, with the token that protects its forms.

const place = document.getElementById("reference");

const withCsrf = (request) => {
  if (new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-CSRFToken"] = place.dataset.csrf;
  }
  return request;
};

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "none", // there are many operations: a group opens when it is chosen
  defaultModelsExpandDepth: -1,
  persistAuthorization: false,
  validatorUrl: null,
  requestInterceptor: withCsrf,
  presets: [window.SwaggerUIBundle.presets.apis],
});
