/* Security keys and passkeys: a form with data-webauthn runs the ceremony when it is sent, and then goes on its way.
   create: a new key; get: a second factor; login: the options are fetched first, the key says whose it is. */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

function creation({ publicKey }, passwordless) {
  const selection = { ...publicKey.authenticatorSelection };
  if (passwordless) Object.assign(selection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: known(publicKey.excludeCredentials),
    authenticatorSelection: selection,
  };
}

const request = ({ publicKey }) => ({ ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) });

function plain(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return {
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    response: said,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function ceremony(form) {
  const kind = form.dataset.webauthn;
  if (kind === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return navigator.credentials.get({ publicKey: request((await answer.json()).request_options) });
  }
  const options = JSON.parse(document.getElementById(form.dataset.options).textContent);
  if (kind === "get") return navigator.credentials.get({ publicKey: request(options.request_options) });
  return navigator.credentials.create({ publicKey: creation(options.creation_options, form.elements.passwordless?.checked) });
}

function say(form, why) {
  const line = form.querySelector("[data-trouble]");
  line.textContent = line.dataset[why];
  line.hidden = false;
}

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.("[data-webauthn]")) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  if (!navigator.credentials?.create || !window.PublicKeyCredential) {
    say(form, "unsupported");
    return;
  }
  form.ariaBusy = "true";
  form.querySelector("[data-trouble]").hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(plain(await ceremony(form)));
    form.submit();
  } catch (error) {
    say(form, { InvalidStateError: "known", SecurityError: "unsupported" }[error.name] ?? "cancelled");
  } finally {
    form.ariaBusy = "false";
  }
});
