"""`{% once %}`: for the parts of a page that are the same for everybody, such as links to style sheets."""

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

register = template.Library()


class Once(Node):
    """Drawn for the first page of a process, and from then on only written out.

    It is drawn without the context of that page, so that nothing of a person, a site or a language can stay in it.
    """

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.text: SafeString | None = None

    def render(self, context: Context) -> SafeString:
        if self.text is None:
            bare = Context()
            with bare.bind_template(context.template):  # type: ignore[arg-type]
                self.text = self.nodelist.render(bare)
        return self.text


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """{% once %}<a href="{% url "clinic:pin" %}">…</a>{% endonce %}"""
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(nodelist)
