// The page of the API: Swagger UI (served by us) over our own OpenAPI document.
const place = document.getElementById("api-docs");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  docExpansion: "none",
  deepLinking: true,
  persistAuthorization: false, // a token that is typed here is gone with the page
});
