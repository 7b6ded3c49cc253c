// What the map shows of a latent space that is the plane itself: itself. Others are in space.js.

export const flat = { plane: null, latentAt: (x, y) => [x, y], placeOf: (latent) => latent };
