// The terms of a sum: { weight, kind, ... } with kind "sample" (index, of the points on the map), "latent" (latent: numbers) or
// "vector" (name). As text they live in the address, as JSON they are dragged.

export const dragType = "application/x-latentd-point";

const weightOf = (text) => (text === "" ? 1 : Number(text));

/** "1*s7;-0.5*l0.5,-1.2;1*v:slant" */
export function textOf(terms) {
    const point = { sample: ({ index }) => `s${index}`, vector: ({ name }) => `v:${name}`, latent: ({ latent }) => `l${latent.map(short).join(",")}` };
    return terms.map((term) => `${term.weight}*${point[term.kind](term)}`).join(";");
}

const short = (value) => Number(value.toPrecision(5));

/** What is not a term of a model with so many dimensions is left out. */
export function termsOf(text, dimension) {
    return text.split(";").map((part) => {
        const [, weight, point] = part.match(/^([-\d.e]*)\*(.+)$/) ?? [];
        return point ? checked({ weight: weightOf(weight), ...pointOf(point) }, dimension) : null;
    }).filter(Boolean);
}

function pointOf(text) {
    if (/^s\d+$/.test(text)) return { kind: "sample", index: Number(text.slice(1)) };
    if (text.startsWith("v:")) return { kind: "vector", name: text.slice(2) };
    return { kind: "latent", latent: text.slice(1).split(",").map(Number) };
}

/** The term, or null where it cannot be one: what is dragged here may come from anywhere. */
export function checked({ kind, index, name, latent, weight = 1 }, dimension) {
    if (!Number.isFinite(weight)) return null;
    if (kind === "sample" && Number.isInteger(index) && index >= 0) return { weight, kind, index };
    if (kind === "vector" && /^[a-z0-9._-]{1,64}$/.test(name)) return { weight, kind, name };
    const fits = kind === "latent" && Array.isArray(latent) && latent.length === dimension && latent.every(Number.isFinite);
    return fits ? { weight, kind, latent } : null;
}

/** As the API takes it. Where the daemon lacks the images, a sample of a plane is the place of its point. */
export async function asPoint(term, samples, cloud) {
    if (term.kind === "vector") return { vector: term.name };
    if (term.kind === "latent") return { latent: term.latent };
    if (samples.model.latent_dimension === 2 && !await samples.available()) {
        return { latent: [...cloud.positions.subarray(2 * term.index, 2 * term.index + 2)] };
    }
    return samples.point(term.index);
}
