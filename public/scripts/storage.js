// What the browser keeps for this page. Storage may be forbidden or full: then a choice holds for this visit only.

const prefix = "latentd.";

export function remembered(key, area = localStorage) {
    try {
        return area.getItem(prefix + key);
    } catch {
        return null;
    }
}

/** null forgets. */
export function remember(key, value, area = localStorage) {
    try {
        if (value === null) area.removeItem(prefix + key);
        else area.setItem(prefix + key, value);
    } catch {
        // It holds for this visit.
    }
}
