// What is gone for good, apart from what cannot be had at the moment.

/** There is no such thing, however often one asks. */
export class Missing extends Error {}

/** The daemon says so of an address (404), or of what it was asked for there (400, 422). */
export const isMissing = (error) => error instanceof Missing || [400, 404, 422].includes(error.status);
