// The curl line of a request, and a button that copies it.

import { token } from "../access.js";
import { element } from "../dom.js";
import { isJSON, oneLine } from "./example.js";
import { codeBox } from "./text.js";

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const plain = (text) => (/^[\w./:@%=,-]+$/.test(text) ? text : quote(text));
const suffixes = { "image/png": "png", "application/x-npy": "npy", "application/octet-stream": "bin" };

/** @param request `{ method, url, headers, type, body, accept }`; a body that is not text is a file of that type. */
export function curlLine({ method, url, headers = {}, type, body, accept }) {
    const words = ["curl"];
    const hasJSON = type !== undefined && isJSON(type);
    const implied = type === undefined ? "GET" : "POST";
    if (method !== implied) words.push(`-X ${method}`);
    if (token() !== null) words.push("-H @token.txt");
    for (const [name, value] of Object.entries(headers)) words.push(`-H ${quote(`${name}: ${value}`)}`);
    if (accept) words.push(`-H ${quote(`Accept: ${accept}`)}`);
    if (hasJSON) words.push(`--json ${quote(compact(body))}`);
    else if (type === "multipart/form-data") words.push("-F NAME=@FILE");
    else if (type !== undefined) words.push(`-H ${quote(`Content-Type: ${type}`)} --data-binary @body.${suffixes[type] ?? "bin"}`);
    words.push(plain(url));
    if (suffixes[accept]) words.push(`-o answer.${suffixes[accept]}`);
    return words.join(" ");
}

/** What was typed, on one line where it is JSON. */
function compact(text) {
    try {
        return oneLine(JSON.parse(text));
    } catch {
        return text;
    }
}

/** A box with the line; `show` puts another one in. */
export function curlBox() {
    const box = codeBox("", "curl line");
    const said = element("span", { role: "status", class: "hint" });
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(box.textContent);
            said.textContent = "Copied.";
        } catch {
            // Without HTTPS a browser gives no clipboard to a page of another machine.
            getSelection().selectAllChildren(box);
            said.textContent = "Selected: copy it with Ctrl+C.";
        }
    };
    const button = element("button", { type: "button", class: "plain", text: "Copy", "aria-label": "Copy the curl line", on: { click: copy } });
    return {
        node: element("div", { class: "curl" }, box, element("div", { class: "curl-foot" }, button, said)),
        show(line) {
            box.firstChild.textContent = line;
            said.textContent = "";
        },
    };
}
