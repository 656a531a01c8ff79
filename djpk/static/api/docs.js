// Starts Swagger UI on the element that names the document. A file of its own: the content policy allows no inline script.
const root = document.getElementById("swagger");
window.SwaggerUIBundle({
  domNode: root,
  url: root.dataset.schema,
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
  requestInterceptor(request) {
    const csrf = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (csrf && new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = csrf[1];
    return request;
  },
});
