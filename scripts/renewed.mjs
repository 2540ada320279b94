// Mends the script that wasm-bindgen writes for the package: node scripts/renewed.mjs FILE.js [FILE.d.ts…]
//
// When WebAssembly ends in the middle of a call (out of memory, out of stack), what it leaves behind is not fit for use,
// and a bare RuntimeError or RangeError says so to nobody. With this, the call is refused by an Error with a code, the
// next call finds a module made anew from the same compiled one, and objects of the one that is gone say that.
// All of it hangs on one place: every call into WebAssembly goes through what `__wbg_watched` gives.
import { readFileSync, writeFileSync } from 'node:fs';

const [script, ...types] = process.argv.slice(2);
let text = readFileSync(script, 'utf8');

/** Puts `by` in the place of `what`, which must be there: `times`, or at least once. */
const put = (what, by, times = 1) => {
  const found = text.split(what).length - 1;
  if (times ? found !== times : found === 0) {
    console.error(`${script}: found ${found} of \`${what}\`; is this another version of wasm-bindgen?`);
    process.exit(1);
  }
  text = text.replaceAll(what, () => by);
};

// What has wasm-bindgen write `__wbg_reset_state` and the numbers of instances is nobody's to call.
const exported = /\/\*\*(?:(?!\*\/)[^])*\*\/\nexport function __renew\(\) \{[^}]*\}\n/.exec(text)?.[0] ?? 'export function __renew';
put(exported, '');

// Every call begins by asking whether there is something to call.
put('    if (__wbg_reinit_scheduled) {\n        __wbg_reset_state();\n        return;\n    }\n', `    if (wasm === undefined) __wbg_throw('not_ready', 'the module is not loaded yet: await init() first');
    if (__wbg_torn === undefined) return;
    // The frames below belong to the instance that is gone.
    if (__wbg_depth > 0) __wbg_refuse(__wbg_torn);
    try {
        __wbg_reset_state();
    } catch (cause) {
        __wbg_refuse(cause);
    }
`);
put('__wbg_reinit_scheduled = false;\n    wasmInstance =', '__wbg_torn = undefined;\n    wasmInstance =');
put('wasm = instance.exports;', 'wasm = __wbg_watched(instance.exports);');
put('wasm = wasmInstance.exports;', 'wasm = __wbg_watched(wasmInstance.exports);');
text = text.replace(/(finally \{\n\s*)__wbg_call_guard\(\);\n\s*/g, '$1if (__wbg_torn === undefined) ');

// A planner or a getter, called from within, may have ended the instance that it is to return to.
put('        return f.apply(this, args);', `        const ret = f.apply(this, args);
        if (__wbg_torn !== undefined) __wbg_refuse(__wbg_torn);
        return ret;`);

// Objects that were freed, or whose instance is gone.
put(`if (this.__wbg_inst !== undefined && this.__wbg_inst !== __wbg_instance_id) {
            throw new Error('Invalid stale object from previous Wasm instance');
        }`, '__wbg_alive(this);', 0);
put('        const ptr = this.__destroy_into_raw();\n', `        if (!this.__wbg_ptr) __wbg_alive(this);
        const ptr = this.__destroy_into_raw();
        if (this.__wbg_inst !== __wbg_instance_id) return;
`, 0);
put('throw new Error(getStringFromWasm0(arg0, arg1));', `__wbg_said = Object.assign(new Error(getStringFromWasm0(arg0, arg1)), { code: 'internal' });
            throw __wbg_said;`);

text += `
// Why the instance is gone, how many calls into it are under way, and what it last threw on purpose.
let __wbg_torn, __wbg_said;
let __wbg_depth = 0;

function __wbg_throw(code, message, options) {
    throw Object.assign(new Error(message, options), { code });
}

function __wbg_refuse(cause) {
    // Firefox has an error of its own for a stack that is used up.
    if (cause?.name === 'InternalError' || (cause instanceof RangeError && /call stack/.test(cause.message))) {
        __wbg_throw('out_of_stack', 'the stack was used up during this call, which is refused; the module is made anew for the next: call from a recursion less deep', { cause });
    }
    __wbg_throw('module_fault', \`the module failed during this call, which is refused (\${cause?.message}); it is made anew for the next: this one asks for more memory than there is\`, { cause });
}

function __wbg_alive(object) {
    if (!object.__wbg_ptr) __wbg_throw('freed', 'it was freed: make a new one');
    if (object.__wbg_inst !== __wbg_instance_id) __wbg_throw('lost', 'it was lost when the module failed and was made anew: make a new one');
}

// Whatever comes out of a call by being thrown has torn through WebAssembly's frames; errors that are meant are returned.
function __wbg_watched(exports) {
    const watched = { __proto__: null };
    for (const [name, value] of Object.entries(exports)) {
        watched[name] = typeof value !== 'function' ? value : (...args) => {
            if (__wbg_torn !== undefined) __wbg_refuse(__wbg_torn);
            __wbg_depth += 1;
            try {
                return value(...args);
            } catch (cause) {
                if (cause === __wbg_said) throw cause;
                if (__wbg_torn === undefined) {
                    __wbg_torn = cause ?? 'nothing';
                    __wbg_instance_id += 1;
                }
                return __wbg_refuse(__wbg_torn);
            } finally {
                __wbg_depth -= 1;
            }
        };
    }
    return watched;
}
`;
writeFileSync(script, text);

for (const file of types) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^.*\b__renew\b.*\n/gm, ''));
}
