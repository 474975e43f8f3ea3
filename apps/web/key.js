// The dialog that asks for an API key. The key goes to the caller and nowhere else: not into an
// address, not into storage.

const dialog = document.getElementById("key");
const why = document.getElementById("key-why");
const text = document.getElementById("key-text");

let asked = null;

/** The key that the reader gives, "" for none; one question at a time. `wrong` says what the last did. */
export function wantKey(wrong) {
  asked ??= new Promise((resolve) => {
    why.textContent = wrong || "Whoever runs it has given you one, or can.";
    text.value = "";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      asked = null;
      const given = dialog.returnValue === "use" ? text.value.trim() : "";
      text.value = "";
      resolve(given);
    }, {once: true});
    dialog.showModal();
  });
  return asked;
}
