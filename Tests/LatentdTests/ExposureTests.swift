import Testing

@testable import latentd

@Suite struct ExposureTests {
    @Test(
        arguments: [
            ("127.0.0.1", false, nil), ("localhost", false, nil), ("::1", false, nil),
            ("0.0.0.0", true, "others reach the address 0.0.0.0: set tls.certificate and tls.key, or give --insecure."),
            (
                "192.0.2.1", false,
                "others reach the address 192.0.2.1: make a token with 'latentd token create' and set tls.certificate and "
                    + "tls.key, or give --insecure."
            ),
        ] as [(String, Bool, String?)])
    func onlyLoopbackGoesUnguarded(host: String, hasTokens: Bool, message: String?) {
        var settings = Settings()
        settings.server.host = host
        var thrown: Exposure?
        do throws(Exposure) { try Exposure.check(settings, hasTokens: hasTokens) } catch { thrown = error }
        #expect(thrown?.description == message)
    }

    @Test(arguments: [
        (["create", "--name", "a", "--scopes", "infer,train"], true), (["create", "--name", "a"], false),
        (["create", "--scopes", "infer"], false), (["list"], true), (["revoke"], false), (["revoke", "a"], true),
    ])
    func theTokenCommandSaysWhatItNeeds(arguments: [String], isTaken: Bool) {
        #expect(((try? TokenCommand.parseAsRoot(arguments)) != nil) == isTaken)
    }
}
