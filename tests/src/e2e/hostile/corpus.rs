//! Texts that a page must show as they are and never obey, built from parts: what browsers were ever made to run, in
//! every wrapping that once let it through. Each would call `canary` if it ran.

const CALLS: [&str; 5] = ["canary()", "top.canary()", "self['canary']()", "canary`1`", "setTimeout(canary)"];

/// What runs something; `§` stands for the call.
const ELEMENTS: [&str; 36] = [
    "<script>§</script>",
    "<ScRiPt\n>§</sCrIpT >",
    "<script/x>§</script>",
    "<img src=x onerror=§>",
    "<img src=\"x\" onerror=\"§\" ",
    "<img src=x:x onerror\u{c}=§>",
    "<svg onload=§>",
    "<svg/onload=§//",
    "<svg><script>§</script></svg>",
    "<svg><animate onbegin=§ attributeName=x dur=1s></svg>",
    "<svg><a xlink:href=\"javascript:§\"><text y=9>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' onload='§'/>#x\"/></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=§>",
    "<math href=\"javascript:§\">x</math>",
    "<iframe srcdoc=\"<script>parent.§</script>\"></iframe>",
    "<iframe src=\"javascript:parent.§\"></iframe>",
    "<object data=\"data:text/html,<script>§</script>\"></object>",
    "<embed src=\"data:text/html,<script>§</script>\">",
    "<a href=\"javascript:§\" autofocus onfocus=§>x</a>",
    "<a href=\"java&#9;script:§\">x</a>",
    "<details open ontoggle=§>x</details>",
    "<input autofocus onfocus=§>",
    "<video><source onerror=§></video>",
    "<audio src onerror=§>",
    "<body onpageshow=§>",
    "<style>@keyframes x{}</style><p style=\"animation:x\" onanimationstart=§>",
    "<link rel=stylesheet href=\"data:text/css,\" onload=§>",
    "<meta http-equiv=refresh content=\"0;url=javascript:§\">",
    "<base href=\"javascript:/§/\">",
    "<template><script>§</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=§>\">",
    "<xmp><p title=\"</xmp><svg/onload=§>\">",
    "{§html \"<img src=x onerror=§>\"}",
    "{{constructor.constructor('§')()}}${§}#{§}<%= § %>",
    "[x](javascript:§) ![x](x \"onerror=§\") `§`",
    "<ѕсrірt>§</ѕсrірt><\u{fe64}script>§",
];

/// Where it stands; `§` stands for the element.
const WRAPPINGS: [&str; 7] = [
    "§",
    "\">§",
    "'>§<!--",
    "</textarea></title></style></script>§",
    "<![CDATA[§]]>",
    "https://shop.example/§",
    "\u{202e}§\u{200b}",
];

/// Every wrapping of every element around every call, and the spellings that a second decoding would turn into one.
#[must_use]
pub fn texts() -> Vec<String> {
    let mut all = Vec::new();
    for call in CALLS {
        for element in ELEMENTS {
            let element = element.replace('§', call);
            all.extend(WRAPPINGS.iter().map(|wrapping| wrapping.replace('§', &element)));
        }
    }
    let spelled: Vec<String> = ELEMENTS.iter().flat_map(|element| spellings(&element.replace('§', CALLS[0]))).collect();
    all.extend(spelled);
    all
}

fn spellings(text: &str) -> [String; 4] {
    let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let numbers: String = text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect();
    let escapes: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    [text.replace('<', "&lt;").replace('>', "&gt;"), percent, numbers, escapes]
}
