//! S-C8, S-C10, S-C11: files that would draw, run, load or swell if anything opened them. In the thread each is a name
//! and a size; nothing of it is shown, unpacked or asked for, and what could do harm is saved only after a question.

use super::Scene;
use super::network::Listener;
use crate::e2e::browser::Named;
use crate::e2e::patience::{SOON, until, until_true};
use crate::e2e::wire::WireCustomer;
use anyhow::{Result, ensure};
use serde_json::json;

const NAME: &str = "Файлы";

/// A name and its bytes; `@` stands for the address of whoever listens.
const FILES: &[(&str, &str)] = &[
    (
        "рисунок.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='canary()'><script>canary()</script>\
         <image href='http://@/x.png'/><foreignObject><img src='http://@/y.png' onerror='canary()'/></foreignObject></svg>",
    ),
    (
        "счёт.html",
        "<!doctype html><script>canary()</script><img src='http://@/x.png'><meta http-equiv='refresh' content='0;url=http://@/'>",
    ),
    ("страница.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'><script>canary()</script></html>"),
    (
        "письмо.xml",
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>\
         <!ENTITY d SYSTEM 'http://@/d'>]><a>&c;&d;</a>",
    ),
    (
        "договор.pdf",
        "%PDF-1.7\n1 0 obj<</OpenAction<</S/URI/URI(http://@/pdf)>>/AA<</O<</S/JavaScript/JS(canary())>>>>>>endobj",
    ),
    ("таблица.csv", "=HYPERLINK(\"http://@/csv\";\"здесь\")\n=cmd|' /C calc'!A0\n"),
    ("ярлык.url", "[InternetShortcut]\r\nURL=http://@/url\r\nIconFile=http://@/icon.ico\r\n"),
    ("меню.desktop", "[Desktop Entry]\nType=Application\nExec=sh -c 'echo canary'\nIcon=http://@/icon.png\n"),
    ("звук.m3u", "#EXTM3U\nhttp://@/stream.mp3\n"),
    ("картинка.png", "<svg xmlns='http://www.w3.org/2000/svg' onload='canary()'/>"),
];

/// Packed files that grow without end when they are unpacked: a gzip, a bzip2, an xz, a zstd, a zip of zips.
const PACKED: &[(&str, &[u8])] = &[
    ("архив.gz", b"\x1f\x8b\x08\0\0\0\0\0\x02\xff\xec\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\n\0\0\0\0\0\0\0\0\0"),
    ("архив.bz2", b"BZh91AY&SY\x0e\x09\xe2\xdf\x01\x5f\x8e\x40\0\xc0\0\0\x08\x20\0\x30\x80\x4d\x46\x42\xa0\x25\xa9\x0a\x80\x97\x31"),
    ("архив.xz", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0\x21\x01\x16\0\0\0"),
    ("архив.zst", b"\x28\xb5\x2f\xfd\xa4\0\0\0\x40\x54\0\0\x10\0\0\x01\0\xfb\xff\x39\xc0\x02"),
    ("матрёшка.zip", b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0\0\0\0\0\x10\0\0\0\xff\xff\xff\xff\x05\0\0\x001.zipPK\x03\x04"),
];

impl Scene {
    /// Each of them from a customer, looked at in the thread.
    pub(super) async fn files(&self) -> Result<()> {
        let listener = Listener::open().await?;
        let mut customer = WireCustomer::come(&self.hub.address(), "ru", "https://shop.example/", "Лавка").await?;
        customer.introduce(NAME, "", "").await?;
        customer.write("Посмотрите, пожалуйста").await?;
        self.ira.section("Все").await?;
        self.ira.open_dialog(NAME).await?;
        let address = listener.address();
        let texts = FILES.iter().map(|(name, text)| (*name, text.replace('@', &address).into_bytes()));
        let all: Vec<_> = texts.chain(PACKED.iter().map(|(name, bytes)| (*name, bytes.to_vec()))).collect();
        for (name, bytes) in &all {
            customer.send_file(name, bytes, "").await?;
            self.reads(".message .file .name", name).await?;
            self.is_unharmed().await?;
        }
        let lines = "return [document.querySelectorAll('.message .file').length, document.querySelectorAll('.message .picture').length]";
        until("each is a line, and none a picture", SOON, || async {
            let [lines, pictures]: [usize; 2] = self.page()?.ask(lines, Vec::new()).await?;
            ensure!(pictures == 0, "{pictures} of them are shown");
            Ok((lines > 0).then_some(()))
        })
        .await?;
        for name in ["ярлык.url", "меню.desktop"] {
            self.is_asked_about(name).await?;
        }
        self.is_unharmed().await?;
        ensure!(listener.calls() == 0, "{} times somebody was asked for something", listener.calls());
        Ok(())
    }

    /// Saving it asks first, and the question waved away saves nothing.
    async fn is_asked_about(&self, name: &str) -> Result<()> {
        // Lines far above the last ones are not on the page.
        const SHOW: &str = "const line = [...document.querySelectorAll('.message .file')]\
            .find((one) => one.textContent.includes(arguments[0])); line?.scrollIntoView({block: 'center'});\
            if (!line) document.querySelector('[role=log]').scrollTop -= 300; return line != null;";
        until_true(&format!("{name} is on the screen"), SOON, || async {
            self.page()?.ask(SHOW, vec![json!(name)]).await
        })
        .await?;
        self.page()?.click(Named::new("button", &format!("Сохранить {name}"))).await?;
        self.page()?.find(Named::new("h2", "Сохранить опасный файл?").within("dialog[open]")).await?;
        self.page()?.click(Named::new("footer button", "Отмена").within("dialog[open]")).await?;
        until_true("the question is gone", SOON, || async {
            self.page()?.ask("return document.querySelector('dialog[open]') === null", Vec::new()).await
        })
        .await
    }
}
