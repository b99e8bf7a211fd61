// Finds what a person would name: by role and by the name a screen reader says. `scope` is the part of the page to
// look in; shadow roots are looked into as well.
const [role, name, within] = arguments;

const TAGS = {
  button: "button, [role=button], summary",
  textbox: "textarea, input:not([type]), input[type=text], input[type=password], input[type=url], input[type=search], input[type=number], [role=textbox], [role=searchbox], [contenteditable=true]",
  tab: "[role=tab]",
  row: "[role=option], [role=row], [role=listitem], li",
  radio: "[role=radio], input[type=radio]",
  switch: "[role=switch], input[type=checkbox]",
  choice: "select, [role=combobox]",
  option: "[role=option], option",
  any: "*",
};

function* roots(root) {
  yield root;
  for (const element of root.querySelectorAll("*")) if (element.shadowRoot) yield* roots(element.shadowRoot);
}

const text = (element) => (element?.innerText ?? element?.textContent ?? "").replace(/\s+/g, " ").trim();

function called(element) {
  const byId = (ids) => ids.split(/\s+/).map((id) => text(element.getRootNode().getElementById(id))).join(" ");
  const labelled = element.getAttribute("aria-labelledby");
  if (labelled) return byId(labelled);
  return (
    element.getAttribute("aria-label") ||
    (element.labels?.length ? text(element.labels[0]) : "") ||
    text(element) ||
    element.getAttribute("title") ||
    element.getAttribute("placeholder") ||
    ""
  ).replace(/\s+/g, " ").trim();
}

const seen = (element) => element.checkVisibility({ checkVisibilityCSS: true }) && element.getClientRects().length > 0;

for (const root of roots(document)) {
  const scopes = within ? [...root.querySelectorAll(within)] : [root];
  for (const scope of scopes) {
    for (const element of scope.querySelectorAll(TAGS[role] ?? role)) {
      if (seen(element) && (name === null || called(element).startsWith(name))) return element;
    }
  }
}
return null;
