// Places.

/** @typedef {{latitude: number, longitude: number, accuracy?: number}} Spot in degrees of WGS 84, and metres */

/** The longest title of a place. */
const TITLE_CHARS = 200;
/** Parts of a degree that the hub keeps: what is shown is what is sent. */
const PARTS = 1_000_000;

/**
 * A point on the Earth, whoever says it is one; `null`, if it is none.
 * @param {any} said
 * @returns {Spot | null}
 */
function soundSpot(said) {
  const within = (/** @type {unknown} */ degrees, /** @type {number} */ most) =>
    typeof degrees === 'number' && Math.abs(degrees) <= most ? Math.round(degrees * PARTS) / PARTS : null;
  const [latitude, longitude] = [within(said?.latitude, 90), within(said?.longitude, 180)];
  if (latitude === null || longitude === null) return null;
  const off = said.accuracy;
  return typeof off === 'number' && off >= 0 && Number.isFinite(off) ? { latitude, longitude, accuracy: Math.ceil(off) } : { latitude, longitude };
}

/** @param {Spot} spot */
const spotText = ({ latitude, longitude }) => `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;

/**
 * A distance as people say it.
 * @param {number} metres
 * @param {string[]} units
 */
const distanceText = (metres, units) => (metres < 1000 ? `${metres} ${units[0]}` : `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} ${units[1]}`);
