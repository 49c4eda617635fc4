/**
 * The page's side of the sandbox's page interface: requests, and the socket that tells what happens.
 */

/** The sandbox said no, in words for the reader. */
export class Refused extends Error {}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

/**
 * Browsers abort what is under way whenever a network interface comes or goes, and Docker makes and removes one with
 * each container: the very thing that the bot is asked to do here. So a request that broke off is made again.
 */
const ATTEMPTS = 4;
const AGAIN_MS = 100;

/** @typedef {() => string|null} Taken the id of what a broken-off request set off, once the event stream told it */

/**
 * @param {string} path
 * @param {object} [body] posts it; without one the request is a GET
 * @param {{signal?: AbortSignal, taken?: Taken}} [how] a POST is made again only with `taken`, which tells that it got
 *   there after all
 * @returns {Promise<any>}
 * @throws {Refused} with the sandbox's own words, or that it can't be reached
 */
async function request(path, body, { signal, taken } = {}) {
  /** @type {RequestInit} */
  const init = { signal, cache: "no-store" };
  if (body) {
    Object.assign(init, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }
  for (let attempt = 1; ; attempt += 1) {
    let response;
    try {
      response = await fetch(path, init);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (attempt === ATTEMPTS || (body && !taken))
        throw new Refused("The sandbox can't be reached. Is it still running?");
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * 2 ** attempt));
      const id = taken?.();
      if (id) return { id };
      continue;
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(answer.error ?? `The sandbox answered ${response.status}.`);
    return answer;
  }
}

/** @param {string} user id, or a name when no id is known yet @returns {Promise<import("./types.js").WorldState>} */
export function getState(user) {
  return request(`/sandbox/state?user=${encodeURIComponent(user)}`);
}

/**
 * @param {{user: string, channel: string, command: string, options: Record<string, any>, nonce: string}} invocation
 * @param {Taken} taken
 * @returns {Promise<{id: string}>}
 */
export function sendCommand(invocation, taken) {
  return request("/sandbox/command", invocation, { taken });
}

/** @param {{user: string, channel: string, content: string}} message @returns {Promise<{id: string}>} */
export function sendMessage(message) {
  return request("/sandbox/message", message);
}

/**
 * @param {{user: string, channel: string, command: string, options: Record<string, any>, focused: string}} query
 * @param {AbortSignal} signal
 * @returns {Promise<{choices: import("./types.js").Choice[], error?: string}>} with an error when the bot gave none
 */
export function autocomplete(query, signal) {
  return request("/sandbox/autocomplete", query, { signal, taken: () => null });
}

/**
 * @param {{user: string, channel: string, message: string, custom_id: string, values?: string[], nonce: string}} press
 * @param {Taken} taken
 * @returns {Promise<{id: string}>}
 */
export function pressComponent(press, taken) {
  return request("/sandbox/component", press, { taken });
}

/**
 * @param {{user: string, interaction: string, values: Record<string, string|string[]>, nonce: string}} answer
 * @param {Taken} taken
 * @returns {Promise<{id: string}>}
 */
export function submitModal(answer, taken) {
  return request("/sandbox/modal", answer, { taken });
}

/** The stream of what happens, for one user; it comes back by itself when the sandbox does. */
export class EventStream {
  /** @type {WebSocket|null} */ #socket = null;
  #retryMs = FIRST_RETRY_MS;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /**
   * @param {string} user id
   * @param {{open: () => void, close: () => void, event: (event: any) => void}} handlers `open` is called at each
   *   connection, before its first event: time to load the state anew
   */
  constructor(user, handlers) {
    this.user = user;
    this.handlers = handlers;
    this.#connect();
  }

  #connect() {
    const url = new URL(`/sandbox/events?user=${encodeURIComponent(this.user)}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.handlers.open();
    });
    socket.addEventListener("message", ({ data }) => this.handlers.event(JSON.parse(data)));
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.handlers.close();
      this.#timer = setTimeout(() => this.#connect(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    });
  }

  /** Ends the stream for good. */
  stop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
