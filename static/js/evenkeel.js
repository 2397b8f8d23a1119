// The page's own behaviour. Each module listens on the document, so that fragments swapped in by htmx work too.
import "./csrf.js";
import "./theme_choice.js";
import "./menus.js";
import "./search.js";
import "./dialog.js";
import "./toast.js";
import "./panel.js";
import "./forms.js";
import "./idle.js";
import "./waiting.js";
