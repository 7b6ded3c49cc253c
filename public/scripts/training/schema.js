// What a job may be, from the daemon's own OpenAPI document: ranges, defaults and choices, so that the form cannot lag.

const bare = (schema) => schema?.anyOf?.find(({ type }) => type !== "null") ?? schema ?? {};

/** Facts by field: `{ type, minimum, maximum, default, choices }`, of the job and of its `training`. */
export function readSchema(document) {
    const { JobRequest, Training } = document?.components?.schemas ?? {};
    const facts = (schema) => {
        const { type, minimum, maximum, default: usual, enum: choices } = bare(schema);
        return { type, minimum, maximum, usual, choices };
    };
    const of = (properties) => Object.entries(properties ?? {}).map(([key, schema]) => [key, facts(schema)]);
    const { training, metadata, ...job } = JobRequest?.properties ?? {};
    return { job: new Map(of(job)), training: new Map(of(Training?.properties)) };
}

export const isNumber = ({ type } = {}) => type === "integer" || type === "number";

/** "1 to 100,000, whole. Default 60." */
export function rangeInWords({ type, minimum, maximum, usual } = {}) {
    const parts = [];
    if (type === "integer" || type === "number") {
        // The description cannot say "above 0"; it says a number that nobody means.
        const least = minimum > 0 && minimum < 1e-9 ? "above 0" : number(minimum);
        const range = maximum === undefined ? `${least} or more` : `${least} to ${number(maximum)}`;
        parts.push(type === "integer" ? `${range}, whole` : range);
    }
    if (usual !== undefined) parts.push(`${parts.length ? "default" : "Default"} ${typeof usual === "number" ? number(usual) : usual}`);
    return parts.length ? `${parts.join("; ")}.` : "";
}

const number = (value) => (value ?? 0).toLocaleString("en", { maximumSignificantDigits: 8 });
