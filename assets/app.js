/* The script of every page: htmx and the shell's own behaviour. Charts are a bundle of their own. */
import htmx from "htmx.org";
import "./js/ahead.js"; // first: before others hear of a key
import "./js/bell.js";
import "./js/calls.js";
import "./js/clocks.js";
import "./js/composer-files.js";
import "./js/composer-macros.js";
import "./js/composer-mentions.js";
import "./js/composer.js";
import "./js/consultations-live.js";
import "./js/consultations.js";
import "./js/conversation.js";
import "./js/copy.js";
import "./js/dialogs.js";
import "./js/dialog.js";
import "./js/in-turn.js";
import "./js/keys.js";
import "./js/layer2.js";
import "./js/list.js";
import "./js/loading.js";
import "./js/live.js";
import "./js/live-list.js";
import "./js/live-thread.js";
import "./js/original.js";
import "./js/texts.js";
import "./js/palette.js";
import "./js/panes.js";
import "./js/popovers.js";
import "./js/presence.js";
import "./js/properties.js";
import "./js/quoting.js";
import "./js/search.js";
import "./js/select.js";
import "./js/simulator.js";
import "./js/tags.js";
import "./js/theme.js";
import "./js/thread.js";
import "./js/toast.js";
import "./js/webauthn.js";
import "./js/window.js";
import "./js/once.js"; // after all who listen for a form being sent

window.htmx = htmx;
