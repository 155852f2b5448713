// Sphinx leaves formulas between \( \) and \[ \]; KaTeX draws them.
document.addEventListener("DOMContentLoaded", () => {
  renderMathInElement(document.body, {throwOnError: false});
});
