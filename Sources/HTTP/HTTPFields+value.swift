import HTTPTypes

extension HTTPFields {
    /// What the subscript gives, which joins a field's lines: where there is one, it stands here as it is, without a new string.
    public func value(_ name: HTTPField.Name) -> String? {
        var only: String?
        for field in self where field.name == name {
            guard only == nil else { return self[name] }
            only = field.value
        }
        return only
    }
}
