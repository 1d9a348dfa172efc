// What every page's script uses.

export const byId = (id) => document.getElementById(id);

/** A part of a page as text; null while the server cannot be reached. `background`: asked by the page itself. */
export async function part(url, options = {}, background = false) {
  const headers = background ? { ...options.headers, "hoso-background": "1" } : options.headers;
  try {
    const answer = await fetch(url, { ...options, headers });
    if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return answer.ok ? await answer.text() : null;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null; // The server is being started again; the next look will tell.
  }
}
