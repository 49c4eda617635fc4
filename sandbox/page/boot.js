/**
 * Starts the page, and starts it again when one of its files did not arrive: Docker's interfaces coming and going make
 * browsers break off loads (see api.js), and half a page would stay blank.
 */

const TRIES = 3;
const AGAIN_MS = 400;

const tries = Number(sessionStorage.getItem("tries") ?? 0);
import("./app.js")
  .then(() => sessionStorage.removeItem("tries"))
  .catch((error) => {
    if (tries >= TRIES) throw error;
    sessionStorage.setItem("tries", String(tries + 1));
    setTimeout(() => location.reload(), AGAIN_MS);
  });
