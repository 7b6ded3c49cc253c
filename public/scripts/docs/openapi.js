// An OpenAPI 3.1 document: references followed, operations in the groups of their tags.

const methods = ["get", "put", "post", "delete", "patch", "head", "options"];

export class Specification {
    constructor(document) {
        this.document = document;
    }

    get title() {
        const { title = "API", version = "" } = this.document.info ?? {};
        return `${title} ${version}`.trim();
    }

    /** What a node stands for: `{"$ref": "#/..."}` is followed, and what stands beside the reference wins. */
    resolve(node) {
        const seen = new Set();
        while (node?.$ref && !seen.has(node.$ref)) {
            seen.add(node.$ref);
            const { $ref, ...own } = node;
            node = { ...this.#at($ref), ...own };
        }
        return node ?? {};
    }

    /** The same, without that it may be null as well. */
    core(schema) {
        const resolved = this.resolve(schema);
        const forms = (resolved.oneOf ?? resolved.anyOf ?? []).filter((form) => form.type !== "null");
        return forms.length === 1 ? this.core(forms[0]) : resolved;
    }

    #at(reference) {
        const keys = reference.replace(/^#\/?/, "").split("/")
            .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
        return keys.reduce((node, key) => node?.[key], this.document);
    }

    /** `[{ name, description, operations }]`, in the order of the document's tags, others behind them. */
    groups() {
        const groups = new Map((this.document.tags ?? []).map((tag) => [tag.name, { ...tag, operations: [] }]));
        for (const operation of this.#operations()) {
            const name = operation.tags?.[0] ?? "Other";
            if (!groups.has(name)) groups.set(name, { name, operations: [] });
            groups.get(name).operations.push(operation);
        }
        return [...groups.values()].filter((group) => group.operations.length > 0);
    }

    #operations() {
        return Object.entries(this.document.paths ?? {}).flatMap(([path, item]) =>
            methods.filter((method) => item[method]).map((method) => this.#operation(path, method, item)));
    }

    #operation(path, method, item) {
        const operation = item[method];
        const parameters = new Map([...item.parameters ?? [], ...operation.parameters ?? []]
            .map((parameter) => this.resolve(parameter))
            .map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
        return {
            ...operation,
            path,
            method: method.toUpperCase(),
            id: `${method}${path.replaceAll(/[{}]/g, "").replaceAll(/[^A-Za-z0-9.]/g, "-")}`,
            access: this.#access(operation.security ?? this.document.security ?? []),
            parameters: [...parameters.values()],
            body: operation.requestBody ? this.resolve(operation.requestBody) : null,
            responses: this.#responses(operation.responses ?? {}),
        };
    }

    /** Statuses that are answered alike stand together: `{ statuses: ["400", "404"], description, headers, content }`. */
    #responses(responses) {
        const alike = Map.groupBy(Object.entries(responses), ([, response]) => JSON.stringify(response));
        return [...alike.values()].map((group) => ({ ...this.resolve(group[0][1]), statuses: group.map(([status]) => status) }));
    }

    /** The scopes of which one lets in, as words; null where nobody is asked. That nothing is needed as well is a matter of
        the daemon's settings. */
    #access(requirements) {
        const ways = requirements.filter((way) => Object.keys(way).length > 0)
            .map((way) => Object.values(way).flat().join(" and ") || "any");
        return ways.length === 0 ? null : ways.join(" or ");
    }
}
