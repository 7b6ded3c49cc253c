// Images as text for the address: name~bytes, the bytes deflated, in the alphabet that addresses leave as it is.

const through = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

const plainName = (name) => name.replace(/[^\w -]/g, "").slice(0, 20);

export async function packed(images) {
    const each = images.map(async ({ name, bytes }) => {
        const small = await through(bytes, new CompressionStream("deflate-raw"));
        const text = btoa(String.fromCharCode(...small)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
        return `${plainName(name)}~${text}`;
    });
    return (await Promise.all(each)).join(".");
}

/** `[{ name, bytes }]` of those that can be read and have `size` bytes. */
export async function unpacked(text, size) {
    const each = (text ?? "").split(".").map(async (part) => {
        const [name, content] = part.split("~");
        try {
            const small = Uint8Array.from(atob(content.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
            return { name: plainName(name), bytes: await through(small, new DecompressionStream("deflate-raw")) };
        } catch {
            return null;
        }
    });
    return (await Promise.all(each)).filter((image) => image?.bytes.length === size);
}
