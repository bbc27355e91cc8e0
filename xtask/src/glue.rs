//! Removes from wasm-bindgen's bindings what the module does not use.
//!
//! Leptos depends on server_fn and wasm-streams, whose exported classes the widget does not use. wasm-bindgen writes a
//! JavaScript class for each, and an import for every function that these classes call. Optimisers keep them, because
//! they are exports and properties of one object.

use anyhow::{Result, ensure};
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ObjectPropertyKind, Program, Statement};
use oxc_codegen::Codegen;
use oxc_parser::Parser;
use oxc_span::{GetSpan as _, SourceType};
use std::collections::HashSet;
use walrus::ir::{Call, Instr, Unreachable, Visitor, dfs_in_order};
use walrus::{FunctionId, ImportKind, LocalFunction};

/// Whether this name belongs to one of wasm-streams' classes: `IntoUnderlyingSource`, `IntoUnderlyingSink`, …
fn is_stream_class(name: &str) -> bool {
    name.to_ascii_lowercase().contains("intounderlying")
}

/// Removes the exports of wasm-streams' classes and everything that only they needed: 1.4 kB after brotli.
pub(crate) fn remove_dead_exports(module: &mut walrus::Module) {
    let dead: Vec<_> = module
        .exports
        .iter()
        .filter(|export| is_stream_class(&export.name))
        .map(|export| export.id())
        .collect();
    for export in dead {
        module.exports.delete(export);
    }
    stub_dead_futures(module);
    walrus::passes::gc::run(module);
}

/// What wasm-streams' classes call of a `ReadableStream`'s controller: `byobRequest`, and `enqueue` of a stream that is
/// made here. The widget only reads streams.
const CONTROLLER_METHODS: [&str; 2] = ["__wbg_byobRequest_", "__wbg_enqueue_"];

/// Replaces the bodies of functions that call a stream's controller by a trap. They are the futures of classes that
/// nothing can make any more; since a future stands in the table of functions, the garbage collection keeps it otherwise.
fn stub_dead_futures(module: &mut walrus::Module) {
    let dead_imports: HashSet<FunctionId> = module
        .imports
        .iter()
        .filter(|import| CONTROLLER_METHODS.iter().any(|method| import.name.starts_with(method)))
        .filter_map(|import| match import.kind {
            ImportKind::Function(id) => Some(id),
            _ => None,
        })
        .collect();
    for (_, function) in module.funcs.iter_local_mut() {
        if calls_any(function, &dead_imports) {
            let entry = function.entry_block();
            let instructions = &mut function.block_mut(entry).instrs;
            let place = instructions.first().map(|(_, place)| *place).unwrap_or_default();
            *instructions = vec![(Instr::Unreachable(Unreachable {}), place)];
        }
    }
}

fn calls_any(function: &LocalFunction, callees: &HashSet<FunctionId>) -> bool {
    struct Calls<'a> {
        callees: &'a HashSet<FunctionId>,
        is_found: bool,
    }
    impl<'instr> Visitor<'instr> for Calls<'_> {
        fn visit_call(&mut self, call: &Call) {
            self.is_found |= self.callees.contains(&call.func);
        }
    }
    let mut calls = Calls { callees, is_found: false };
    dfs_in_order(&mut calls, function, function.entry_block());
    calls.is_found
}

/// The names of the JavaScript functions that the module calls.
pub(crate) fn imported_names(module: &walrus::Module) -> HashSet<String> {
    module.imports.iter().map(|import| import.name.clone()).collect()
}

/// Removes the classes of dead exports, the functions that the module does not import, and the synchronous start, which
/// `frame.js` does not use. The minifier removes what is unused afterwards.
///
/// # Errors
/// If the bindings do not parse, or lack an import that the module needs.
pub(crate) fn trim(source: &str, imported: &HashSet<String>) -> Result<String> {
    let memory = Allocator::default();
    let parsed = Parser::new(&memory, source, SourceType::mjs()).parse();
    ensure!(!parsed.panicked && parsed.diagnostics.is_empty(), "wasm-bindgen's glue does not parse");
    let mut program = parsed.program;
    program.body.retain(|statement| {
        let text = statement.span().source_text(source);
        !is_stream_class(text) || text.starts_with("function __wbg_get_imports")
    });
    let mut kept = HashSet::new();
    for statement in &mut program.body {
        if let Statement::ExportNamedDeclaration(export) = statement {
            export.specifiers.retain(|specifier| specifier.local.name() != "initSync");
        }
    }
    keep_imports(&mut program, imported, &mut kept);
    let lost: Vec<_> = imported.difference(&kept).collect();
    ensure!(lost.is_empty(), "wasm-bindgen's glue has no {lost:?}, which the module imports");
    Ok(Codegen::new().build(&program).code)
}

/// Keeps the properties of `import0` that are imported, and collects their names.
fn keep_imports(program: &mut Program, imported: &HashSet<String>, kept: &mut HashSet<String>) {
    let functions = program.body.iter_mut().filter_map(|statement| match statement {
        Statement::FunctionDeclaration(function)
            if function.name().is_some_and(|n| n == "__wbg_get_imports") =>
        {
            function.body.as_mut()
        }
        _ => None,
    });
    for statement in functions.flat_map(|body| &mut body.statements) {
        let Statement::VariableDeclaration(declaration) = statement else { continue };
        for declarator in &mut declaration.declarations {
            let Some(Expression::ObjectExpression(object)) = &mut declarator.init else { continue };
            object.properties.retain(|property| {
                let ObjectPropertyKind::ObjectProperty(property) = property else { return true };
                let Some(name) = property.key.static_name() else { return true };
                if name == "__proto__" {
                    return true;
                }
                let is_imported = imported.contains(name.as_ref());
                if is_imported {
                    kept.insert(name.into_owned());
                }
                is_imported
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "export class IntoUnderlyingSink { close() { wasm.intounderlyingsink_close(this.p); } }
if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = IntoUnderlyingSink.prototype.free;
export function start(a) { return wasm.start(a); }
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_close_1: function(a) { a.close(); },
        __wbg_enqueue_2: function(a) { a.enqueue(); },
    };
    return { __proto__: null, './widget_bg.js': import0 };
}
const IntoUnderlyingSinkFinalization = new FinalizationRegistry(p => wasm.__wbg_intounderlyingsink_free(p, 1));
function initSync(module) { return module; }
async function __wbg_init(module) { return __wbg_get_imports(module); }
export { initSync, __wbg_init as default };";

    fn names(names: &[&str]) -> HashSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_the_module_does_not_use_is_gone_and_all_else_stays() {
        let trimmed = trim(GLUE, &names(&["__wbg_close_1"])).unwrap();
        for gone in ["IntoUnderlying", "intounderlying", "enqueue"] {
            assert!(!trimmed.contains(gone), "{gone}: {trimmed}");
        }
        for kept in ["function start", "__wbg_close_1", "__proto__: null", "__wbg_init as default"] {
            assert!(trimmed.contains(kept), "{kept}: {trimmed}");
        }
        assert!(!trimmed.contains("export { initSync"), "{trimmed}");
    }

    #[test]
    fn an_import_that_got_lost_stops_the_build() {
        assert!(trim(GLUE, &names(&["__wbg_close_1", "__wbg_open_3"])).is_err());
    }
}
