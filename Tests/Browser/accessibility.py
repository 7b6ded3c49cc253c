"""Checks of our own for what a page owes to everybody, run in the page itself; each gives the list of what is wrong."""

PRELUDE = r"""
const shown = (node) => node.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true });
const boxOf = (node) => node.getBoundingClientRect();
const clipped = (node) => {
    const { width, height } = boxOf(node);
    return width <= 1 || height <= 1; // the ways of hiding from the eye alone
};
const interactive = () => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=switch], [role=slider]")].filter(shown);
const named = (node) => `${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""}.${node.className} "${(node.textContent || node.value || "").trim().slice(0, 30)}"`;
"""

POSITIVE_TABINDEX = PRELUDE + r"""
return interactive().filter((node) => node.tabIndex > 0).map(named);
"""

# 24 x 24 CSS pixels (WCAG 2.2, 2.5.8); a control inside a label is hit through the label, and links in a sentence are exempt.
TARGETS = PRELUDE + r"""
const target = (node) => (node.matches("input") && node.closest("label")) || node;
const isInText = (node) => node.matches("a") && [...node.parentNode.childNodes].some((other) => other.nodeType === 3 && other.textContent.trim());
return interactive().filter((node) => !isInText(node) && !node.matches("#skip, [tabindex='-1']:not(button)")).map((node) => [node, boxOf(target(node))])
    .filter(([, { width, height }]) => (width < 23.5 || height < 23.5) && width > 0)
    .map(([node, { width, height }]) => `${named(node)} is ${width.toFixed(0)} x ${height.toFixed(0)}`);
"""

# Colours as they are composed: what lies behind a text is blended from its ancestors' grounds.
CONTRAST = PRELUDE + r"""
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const parsed = new Map();
const rgba = (colour) => {
    if (!parsed.has(colour)) {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        parsed.set(colour, [r, g, b, a / 255]);
    }
    return parsed.get(colour);
};
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
const groundOf = (node) => {
    const chain = [];
    for (let at = node; at; at = at.parentElement) chain.unshift(at);
    return chain.reduce((ground, at) => over(rgba(getComputedStyle(at).backgroundColor), ground), [255, 255, 255]);
};
const luminance = (colour) => {
    const [r, g, b] = colour.map((byte) => byte / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
};
const isOff = (node) => node.closest(":disabled, [aria-disabled=true]") || node.closest("label")?.querySelector(":disabled")
    || node.closest("[hidden]");
const problems = [];
const check = (node, colour, what) => {
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    let opacity = 1;
    for (let at = node; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const ground = groundOf(node);
    const [r, g, b, a] = rgba(colour);
    const found = ratio(over([r, g, b, a * opacity], ground), ground);
    if (found < needed) problems.push(`${found.toFixed(2)} < ${needed}: ${what} of ${named(node)}`);
};
for (const node of document.querySelectorAll("body *")) {
    if (!shown(node) || isOff(node) || clipped(node) || node.matches("#skip, option, canvas")) continue;
    const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (node.matches("svg text")) check(node, getComputedStyle(node).fill, "text");
    else if (hasText || (node.matches("input:not([type=checkbox], [type=radio], [type=range], [type=file]), textarea, select") && node.value)) check(node, getComputedStyle(node).color, "text");
    if (node.placeholder && !node.value) check(node, getComputedStyle(node, "::placeholder").color, "placeholder");
}
return [...new Set(problems)];
"""

REPEATED_IDS = PRELUDE + r"""
const seen = new Map();
for (const { id } of document.querySelectorAll("[id]")) seen.set(id, (seen.get(id) ?? 0) + 1);
const missing = [...document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls], label[for]")].flatMap((node) =>
    ["aria-labelledby", "aria-describedby", "aria-controls", "for"].flatMap((name) => (node.getAttribute(name) ?? "").split(/\s+/).filter(Boolean)
        .filter((id) => !document.getElementById(id)).map((id) => `${named(node)}: ${name} names ${id}, which is not there`)));
return [...[...seen].filter(([, count]) => count > 1).map(([id, count]) => `${count} elements are #${id}`), ...missing];
"""

SIDEWAYS = r"""
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= width) return [];
return [`the page is ${document.documentElement.scrollWidth} wide on ${width}`, ...[...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > width + 1).slice(-5).map((node) => `${node.tagName}#${node.id}.${node.className}`)];
"""

FOCUS_STYLE = r"""
const node = document.activeElement;
if (!node || node === document.body) return null;
const looks = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none" && style.boxShadow.includes("inset");
};
// What is drawn in a control's place may show the focus for it.
const places = [node, node.nextElementSibling, node.closest("label")].filter(Boolean);
const { width, height, left, top } = node.getBoundingClientRect();
return { what: `${node.tagName.toLowerCase()}#${node.id}.${node.className}`, visible: places.some(looks), tag: node.tagName, id: node.id, box: [left, top, width, height] };
"""


def problems(driver):
    """Everything that is wrong with the page as it stands."""
    found = []
    for name, script in (("tabindex", POSITIVE_TABINDEX), ("target", TARGETS), ("contrast", CONTRAST), ("ids", REPEATED_IDS),
                         ("sideways", SIDEWAYS)):
        found += [f"{name}: {what}" for what in driver.execute_script(script)]
    return found + [f"name: {what}" for what in unnamed(driver)]


def unnamed(driver):
    """Interactive elements without a name or a role, as the browser tells assistive technology."""
    nodes = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    found = []
    for node in nodes:
        if node.get("ignored"):
            continue
        focusable = any(p["name"] == "focusable" and p["value"].get("value") for p in node.get("properties", []))
        role = node.get("role", {}).get("value", "")
        name = node.get("name", {}).get("value", "")
        if focusable and role not in ("RootWebArea", "WebArea", "option", "MenuListOption") and (not name.strip() or role in ("", "generic", "none")):
            attributes = driver.execute_cdp_cmd("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]
            found.append(f"{attributes['localName']} {attributes.get('attributes')} has the role '{role}' and the name '{name}'")
        if role in ("image", "img") and not name.strip():
            found.append(f"an image without a name: {node.get('backendDOMNodeId')}")
    return found


def focus_walk(driver, press, most=300):
    """Tabs through the whole page: the elements that had the focus, and those on which it could not be seen."""
    seen, invisible = [], []
    for _ in range(most):
        press()
        focus = driver.execute_script(FOCUS_STYLE)
        if focus is None:
            break
        seen.append(focus)
        if not focus["visible"]:
            invisible.append(focus["what"])
    return seen, invisible
