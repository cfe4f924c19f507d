//! What stands in the source of a module.

use std::{
    fs,
    path::{Path as File, PathBuf},
};

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, ImplItemFn, Item, ItemMacro, ItemMod, ItemUse, Lit, Macro, Meta, Token, UseTree,
    VisRestricted,
    punctuated::Punctuated,
    visit::{self, Visit},
};

use super::modules::{Module, Modules, Path, Place};

/// Reads a crate from its root file.
pub(super) fn read(root: &File) -> Modules {
    let mut modules = Modules::default();
    let folder = root.parent().unwrap().to_owned();
    Reader::read(&mut modules, Vec::new(), root.to_owned(), folder);
    modules
}

/// Reads one module.
struct Reader<'a> {
    modules: &'a mut Modules,
    at: Path,
    file: PathBuf,
    /// Where the files of its children are.
    folder: PathBuf,
    lines: Vec<String>,
}

impl<'a> Reader<'a> {
    fn read(modules: &'a mut Modules, at: Path, file: PathBuf, folder: PathBuf) {
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let lines = text.lines().map(|line| line.trim().to_owned()).collect();
        modules.module(&at);
        Self { modules, at, file, folder, lines }.visit_file(&parsed);
    }

    fn module(&mut self) -> &mut Module {
        self.modules.module(&self.at)
    }

    fn mention(&mut self, path: Path, at: &Ident) {
        let line = at.span().start().line;
        let place = Place { file: self.file.clone(), line, text: self.lines[line - 1].clone() };
        self.module().mentions.push((path, place));
    }

    fn imports(&mut self, tree: &UseTree, path: &[String]) {
        let with = |ident: &Ident| -> Path {
            let last = Some(ident.to_string()).filter(|name| path.is_empty() || name != "self");
            path.iter().cloned().chain(last).collect()
        };
        let (name, at, path) = match tree {
            UseTree::Path(inner) => {
                let path = with(&inner.ident);
                if matches!(*inner.tree, UseTree::Glob(_)) {
                    self.mention(path.clone(), &inner.ident);
                }
                return self.imports(&inner.tree, &path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.imports(tree, path);
                }
                return;
            }
            UseTree::Glob(_) => return self.module().globs.push(path.to_vec()),
            UseTree::Name(name) => {
                let path = with(&name.ident);
                (path.last().cloned(), &name.ident, path)
            }
            UseTree::Rename(name) => {
                (Some(name.rename.to_string()), &name.ident, with(&name.ident))
            }
        };
        self.mention(path.clone(), at);
        self.module().names.extend(name.map(|name| (name, path)));
    }

    /// The paths among the tokens that are passed to a macro.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Option<(Path, Ident)> = None;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) if colons == 2 && path.is_some() => {
                    path.as_mut().unwrap().0.push(ident.to_string());
                }
                TokenTree::Ident(ident) => {
                    self.scanned(path.take());
                    path = Some((vec![ident.to_string()], ident)).filter(|_| colons != 2);
                }
                TokenTree::Group(group) => {
                    self.scanned(path.take());
                    self.scan(group.stream());
                }
                _ => self.scanned(path.take()),
            }
            colons = 0;
        }
        self.scanned(path);
    }

    fn scanned(&mut self, path: Option<(Path, Ident)>) {
        if let Some((path, at)) = path.filter(|(path, _)| path.len() > 1) {
            self.mention(path, &at);
        }
    }
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        let (attributes, name) = parts(item);
        if !is_for_tests(attributes) {
            self.module().items.extend(name.map(ToString::to_string));
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        let name = item.ident.to_string();
        let at: Path = self.at.iter().chain([&name]).cloned().collect();
        let folder = self.folder.join(&name);
        if let Some((_, items)) = &item.content {
            let outer = (self.at.clone(), self.folder.clone());
            (self.at, self.folder) = (at, folder);
            self.module();
            for item in items {
                self.visit_item(item);
            }
            (self.at, self.folder) = outer;
            return;
        }
        let told = item.attrs.iter().find_map(told_path);
        let beside = self.file.parent().map(File::to_owned).unwrap_or_default();
        let file =
            told.map_or_else(|| self.folder.join(format!("{name}.rs")), |it| beside.join(it));
        let inside = folder.join("mod.rs");
        let file = if file.exists() { file } else { inside };
        Reader::read(self.modules, at, file, folder);
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        if item.leading_colon.is_none() {
            self.imports(&item.tree, &[]);
        }
    }

    fn visit_item_macro(&mut self, item: &ItemMacro) {
        let Some(name) = &item.ident else { return visit::visit_item_macro(self, item) };
        if item.attrs.iter().any(|it| it.path().is_ident("macro_export")) {
            // It is exported from the root, wherever it stands.
            let path = [&["crate".to_owned()], &*self.at, &[name.to_string()]].concat();
            self.modules.module(&[]).names.push((name.to_string(), path));
        }
    }

    fn visit_macro(&mut self, of: &Macro) {
        self.visit_path(&of.path);
        self.scan(of.tokens.clone());
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let names = path.segments.iter().map(|segment| segment.ident.to_string());
            self.mention(names.collect(), &path.segments[0].ident);
        }
        visit::visit_path(self, path);
    }

    /// What may see an item is no import.
    fn visit_vis_restricted(&mut self, _: &VisRestricted) {}
}

fn parts(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, None),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => (&[], None),
    }
}

/// Whether an item is there for tests alone: `cfg(test)`, or `cfg(all(test, …))`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let conditions = attributes.iter().filter(|it| it.path().is_ident("cfg"));
    conditions.filter_map(|it| it.parse_args().ok()).any(|condition| asks_for_tests(&condition))
}

fn asks_for_tests(condition: &Meta) -> bool {
    match condition {
        Meta::List(list) if list.path.is_ident("all") => {
            let all = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            all.is_ok_and(|all| all.iter().any(asks_for_tests))
        }
        _ => condition.path().is_ident("test"),
    }
}

/// The file that `#[path]` names.
fn told_path(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(named) = &attribute.meta else { return None };
    let syn::Expr::Lit(value) = &named.value else { return None };
    match &value.lit {
        Lit::Str(text) if named.path.is_ident("path") => Some(text.value()),
        _ => None,
    }
}
