import HTTP

/// A model's weights, for whoever computes elsewhere: the page decodes with them under the cursor.
enum WeightsRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/weights", access: .infer, bodyLimit: 0,
            summary: "The weights as a safetensors file."
        ) { request, services in
            let model = try services.model(request)
            return Response(contentType: MediaType.octets.rawValue, body: try model.weightsFile())
        }
    ]
}
