// Pictures of squares of the latent plane, of levels: each level's cells are half as wide as those of the one before. Kept while there
// is room, fetched a few at a time from the middle outwards.

export const cellsEach = 8; // decoded images along a tile's side

const mostAtOnce = 3;
const mostPixels = 12_000_000; // 48 MB

export class Tiles {
    /** fetch(tile) -> ImageBitmap, where a tile is `{ level, column, row, x0, x1, y0, y1 }`; `changed()` after each. */
    constructor(fetch, changed, failed) {
        Object.assign(this, { fetch, changed, failed, kept: new Map(), wanted: [], underWay: new Set(), generation: 0 });
    }

    forget() {
        this.generation += 1;
        for (const { bitmap } of this.kept.values()) bitmap.close();
        this.kept.clear();
        this.wanted = [];
        this.underWay.clear();
    }

    /** Fetches those of a window at a level that are missing; whatever was wanted before and is not now is dropped. */
    want(window, level) {
        this.wanted = tilesOf(window, level).filter(({ key }) => !this.kept.has(key) && !this.underWay.has(key));
        const [x, y] = [(window.x0 + window.x1) / 2, (window.y0 + window.y1) / 2];
        const distance = (tile) => Math.hypot((tile.x0 + tile.x1) / 2 - x, (tile.y0 + tile.y1) / 2 - y);
        this.wanted.sort((a, b) => distance(a) - distance(b));
        this.fetchMore();
    }

    get isWaiting() {
        return this.wanted.length > 0 || this.underWay.size > 0;
    }

    fetchMore() {
        while (this.underWay.size < mostAtOnce && this.wanted.length > 0) this.fetchOne(this.wanted.shift());
    }

    async fetchOne(tile) {
        const { generation } = this;
        this.underWay.add(tile.key);
        try {
            const bitmap = await this.fetch(tile);
            if (generation !== this.generation) {
                bitmap.close();
                return;
            }
            this.keep({ ...tile, bitmap });
        } catch (error) {
            if (generation !== this.generation) return;
            this.wanted = [];
            this.failed(error);
        } finally {
            if (generation === this.generation) {
                this.underWay.delete(tile.key);
                this.changed();
                this.fetchMore();
            }
        }
    }

    keep(tile) {
        this.kept.set(tile.key, tile);
        let pixels = 0;
        for (const { bitmap } of this.kept.values()) pixels += bitmap.width * bitmap.height;
        for (const [key, { bitmap }] of this.kept) {
            if (pixels <= mostPixels) break;
            pixels -= bitmap.width * bitmap.height;
            bitmap.close();
            this.kept.delete(key);
        }
    }

    /** What is kept of a window: the tiles nearest to the level last, so that they lie on top. */
    of(window, level) {
        const touching = [...this.kept.values()].filter(({ x0, x1, y0, y1 }) =>
            x1 > window.x0 && x0 < window.x1 && y1 > window.y0 && y0 < window.y1);
        for (const tile of touching.filter((one) => one.level === level)) {
            // Those in use are dropped last.
            this.kept.delete(tile.key);
            this.kept.set(tile.key, tile);
        }
        const rank = (tile) => (tile.level === level ? 0 : tile.level < level ? level - tile.level : 100 + tile.level - level);
        return touching.sort((a, b) => rank(b) - rank(a));
    }
}

/** The tiles that touch a window; a level's cells are 2^-level latent units wide. */
export function tilesOf({ x0, x1, y0, y1 }, level) {
    const side = cellsEach * 2 ** -level;
    const tiles = [];
    for (let row = Math.floor(y0 / side); row * side < y1; row += 1) {
        for (let column = Math.floor(x0 / side); column * side < x1; column += 1) {
            tiles.push({
                key: `${level} ${column} ${row}`, level, column, row,
                x0: column * side, x1: (column + 1) * side, y0: row * side, y1: (row + 1) * side,
            });
        }
    }
    return tiles;
}
