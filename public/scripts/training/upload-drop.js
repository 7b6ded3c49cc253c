// All files of what was dropped, folders included, each with its path in them.

export async function droppedFiles(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.length === 0) return [...transfer.files];
    const files = [];
    for (const entry of entries) await collect(entry, "", files);
    return files;
}

async function collect(entry, path, files) {
    if (entry.isFile) {
        const file = await new Promise((done, failed) => entry.file(done, failed));
        file.fullPath = path + entry.name;
        files.push(file);
        return;
    }
    const reader = entry.createReader();
    for (;;) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
        if (some.length === 0) return;
        for (const one of some) await collect(one, `${path}${entry.name}/`, files);
    }
}
