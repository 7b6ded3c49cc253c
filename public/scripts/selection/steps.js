// The steps of a selection, { operation, polygon, plane }: what they select, and how they are written into an address.

import { pointsWithin } from "./region.js";

const operations = { a: "add", r: "remove", i: "invert" };

/** The selection after one more step; null is nothing. */
export function taken(before, { operation, polygon }, cloud) {
    if (operation === "invert") return before?.map((byte) => byte ^ 1) ?? new Uint8Array(cloud.count).fill(1);
    const found = new Uint8Array(cloud.count);
    pointsWithin(polygon, cloud.grid, found);
    if (before === null && operation === "add") return found;
    const mask = before?.slice() ?? new Uint8Array(cloud.count);
    const value = operation === "add" ? 1 : 0;
    for (let i = 0; i < found.length; i += 1) if (found[i] !== 0) mask[i] = value;
    return mask;
}

/** The selection that steps make; `cloudOf(plane)` gives the points on the plane in which one was made, or null: then there is none. */
export async function maskOf(steps, cloudOf) {
    let mask = null;
    for (const step of steps) {
        const cloud = await cloudOf(step.plane);
        if (cloud === null) return null;
        mask = taken(mask, step, cloud);
    }
    return mask;
}

/** The points that steps select, in order. */
export async function pointsOf(steps, cloudOf) {
    const mask = await maskOf(steps, cloudOf) ?? [];
    const found = [];
    for (let i = 0; i < mask.length; i += 1) if (mask[i] !== 0) found.push(i);
    return found;
}

/**
 * "a" or "r" with the corners' numbers, or "i", with ";" between. A plane that is not the map's own stands in "@": "3.7" two dimensions,
 * "e4" an epoch, "=name" the map of another model.
 */
export const textOf = (steps) =>
    steps.map(({ operation, polygon, plane }) => `${operation[0]}${plane && `@${plane}@`}${polygon.join(",")}`).join(";");

export function stepsOf(text) {
    return text.split(";").map((part) => {
        const [, operation, plane = "", corners] = part.match(/^([ari])(?:@(e\d+(?:\.\d+)?|\d+\.\d+|=[\w.-]+)@)?(.*)$/) ?? [];
        return { operation: operations[operation], plane, polygon: (corners ?? "").split(",").filter(Boolean).map(Number) };
    }).filter(({ operation, polygon }) => operation && polygon.every(Number.isFinite) && polygon.length % 2 === 0);
}
