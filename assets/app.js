/* The script of every page: htmx and the shell's own behaviour. Charts are a bundle of their own. */
import htmx from "htmx.org";
import "./js/inbox.js";
import "./js/keys.js";
import "./js/popovers.js";
import "./js/theme.js";

window.htmx = htmx;
