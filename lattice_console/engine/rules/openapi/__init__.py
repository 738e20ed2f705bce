"""OpenAPI documents of versions 2.0 (Swagger) to 3.2: known by how they begin, held to what is published of them."""
