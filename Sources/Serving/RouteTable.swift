/// Every route of the API, in the order in which it is described.
enum RouteTable {
    static let endpoints: [Endpoint] =
        HealthRoutes.endpoints + MetricsRoute.endpoints + DescriptionRoute.endpoints + ModelRoutes.endpoints
        + ModelControlRoutes.endpoints + CodingRoutes.endpoints + ReconstructRoute.endpoints
        + PathRoutes.endpoints + ArithmeticRoute.endpoints + NearestRoute.endpoints + SampleRoute.endpoints
        + VectorRoutes.endpoints + MapRoute.endpoints + WeightsRoute.endpoints + ManifoldRoute.endpoints
        + DatasetRoutes.endpoints
        + DatasetUploadRoutes.endpoints
        + JobRoutes.endpoints + JobEventsRoute.endpoints + JobMapRoutes.endpoints + JobCheckpointsRoute.endpoints
        + JobSubmissionRoute.endpoints
        + OIPRoutes.endpoints
        + InferRoute.endpoints + OIPRepositoryRoutes.endpoints
}
