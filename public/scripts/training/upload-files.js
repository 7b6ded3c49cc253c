// Which part of a dataset a chosen file is: IDX files by their names, pictures by the folders they lie in.

const idxName = /(ubyte|idx\d?)(\.gz)?$/i;
const idxField = (name) => `${/t10k|test/i.test(name) ? "test" : "train"}_${/label/i.test(name) ? "labels" : "images"}`;

/**
 * files: File, with a path under the chosen folder where there is one. Gives `{ parts: [{ field, file, name }], words }`, or `{ problem }`.
 */
export function sorted(files) {
    const real = [...files].map((file) => ({ file, path: file.fullPath ?? (file.webkitRelativePath || file.name) })).filter(({ path }) => !/(^|\/)\./.test(path));
    const pictures = real.filter(({ path }) => /\.png$/i.test(path));
    const idx = real.filter(({ path }) => idxName.test(path));
    if (pictures.length && idx.length) return { problem: "Choose either IDX files or PNGs, not both." };
    if (idx.length) return ofIDX(idx);
    if (pictures.length) return ofPictures(pictures);
    return { problem: `None of ${real.length === 1 ? "this file" : `these ${real.length} files`} is a PNG or an IDX file (…-ubyte, …-ubyte.gz). Convert other pictures to PNG first.` };
}

function ofIDX(idx) {
    const parts = idx.map(({ file, path }) => ({ field: idxField(path), file, name: file.name }));
    const twice = parts.find(({ field }, place) => parts.findIndex((other) => other.field === field) !== place);
    if (twice) return { problem: `Two of the files would be ${twice.field}. Name one with “t10k” or “test”, or choose fewer.` };
    if (!parts.some(({ field }) => field === "train_images")) return { problem: "The training images are missing: a file such as train-images-idx3-ubyte." };
    return { parts, words: `IDX files: ${parts.map(({ field, name }) => `${field.replace("_", " ")} (${name})`).join(", ")}` };
}

function ofPictures(pictures) {
    const parts = pictures.map(({ file, path }) => {
        const folders = path.split("/").slice(0, -1);
        const place = folders.findIndex((folder) => /^(train|test)$/i.test(folder));
        const field = place < 0 ? "train" : folders[place].toLowerCase();
        // Without a folder of the part, the first one is what was chosen, and no label.
        const label = folders.slice(place < 0 ? 1 : place + 1).join("-");
        return { field, file, label };
    });
    const labels = [...new Set(parts.map(({ label }) => label))].filter(Boolean).sort();
    const without = parts.filter(({ label }) => !label).length;
    if (labels.length && without) return { problem: `${without} of ${parts.length} pictures lie in no folder of a label. Give all of them one, or none.` };
    if (!parts.some(({ field }) => field === "train")) return { problem: "There are only test pictures. Put those to learn from in a folder “train”." };
    const count = (field) => parts.filter((part) => part.field === field).length;
    const words = [
        `${parts.length.toLocaleString("en")} pictures`, labels.length ? `${labels.length} labels (${labels.slice(0, 8).join(", ")}${labels.length > 8 ? " …" : ""})` : "no labels",
        count("test") ? `${count("train").toLocaleString("en")} train, ${count("test").toLocaleString("en")} test` : "every tenth is held out for the test part",
    ];
    return { words: words.join(" · "), parts: parts.map(({ field, file, label }) => ({ field, file, name: label ? `${label}/${file.name}` : file.name })) };
}
