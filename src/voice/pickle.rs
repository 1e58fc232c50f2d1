//! As much of Python's pickles as describes one tensor. It is read as data: nothing is imported or called.
//!
//! Source: the opcodes of Python's `pickletools`, and `torch._utils._rebuild_tensor_v2`.

use std::collections::HashMap;
use std::rc::Rc;

use super::file::Element;

/// The longest pickle that is read, and the most steps taken; a tensor takes some fifty.
const MAX_BYTES: usize = 64 << 10;
const MAX_STEPS: usize = 4096;

/// A tensor as a pickle describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TensorInfo {
    pub(super) element: Element,
    /// The name of the archive's entry with the numbers.
    pub(super) key: String,
    /// Index of its first number there.
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Vec<usize>,
}

#[derive(Debug, Clone)]
enum Value {
    Mark,
    None,
    Int(i64),
    Text(Rc<str>),
    /// Module and name, never looked up.
    Global(Rc<str>),
    Tuple(Rc<[Value]>),
    Storage {
        element: Element,
        key: Rc<str>,
    },
    Tensor(Rc<TensorInfo>),
    /// Something that no tensor needs, such as its empty dictionary of hooks.
    Other,
}

/// Reads the one tensor that `bytes` describes.
pub(super) fn tensor(bytes: &[u8]) -> Result<TensorInfo, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("its pickle has {} bytes, expected at most {MAX_BYTES}", bytes.len()));
    }
    let mut machine = Machine { bytes, at: 0, stack: Vec::new(), memo: HashMap::new() };
    for _ in 0..MAX_STEPS {
        if machine.step()? {
            return match machine.stack.pop() {
                Some(Value::Tensor(tensor)) => Ok((*tensor).clone()),
                _ => Err("its pickle is no tensor".into()),
            };
        }
    }
    Err("its pickle does not end".into())
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    memo: HashMap<u32, Value>,
}

impl<'a> Machine<'a> {
    /// Takes one step; `true` at the end.
    fn step(&mut self) -> Result<bool, String> {
        let at = self.at;
        match self.array::<1>()?[0] {
            0x80 => drop(self.array::<1>()?),
            0x95 => drop(self.array::<8>()?),
            b'(' => self.stack.push(Value::Mark),
            b'N' => self.stack.push(Value::None),
            0x88 | 0x89 => self.stack.push(Value::Other),
            b'}' => self.stack.push(Value::Other),
            b')' => self.stack.push(Value::Tuple(Rc::new([]))),
            b'J' => {
                let value = i32::from_le_bytes(self.array()?);
                self.stack.push(Value::Int(value.into()));
            }
            b'K' => {
                let [value] = self.array::<1>()?;
                self.stack.push(Value::Int(value.into()));
            }
            b'M' => {
                let value = u16::from_le_bytes(self.array()?);
                self.stack.push(Value::Int(value.into()));
            }
            0x8a => self.long()?,
            b'X' => {
                let len = u32::from_le_bytes(self.array()?);
                self.text(len as usize)?;
            }
            0x8c => {
                let [len] = self.array::<1>()?;
                self.text(len.into())?;
            }
            b'c' => {
                let name = format!("{}.{}", self.line()?, self.line()?);
                self.stack.push(Value::Global(name.into()));
            }
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => {
                    self.stack.push(Value::Global(format!("{module}.{name}").into()));
                }
                _ => return Err(unexpected(at)),
            },
            b'q' => {
                let [slot] = self.array::<1>()?;
                self.remember(slot.into())?;
            }
            b'r' => {
                let slot = u32::from_le_bytes(self.array()?);
                self.remember(slot)?;
            }
            0x94 => self.remember(u32::try_from(self.memo.len()).unwrap_or(u32::MAX))?,
            b'h' => {
                let [slot] = self.array::<1>()?;
                self.recall(slot.into())?;
            }
            b'j' => {
                let slot = u32::from_le_bytes(self.array()?);
                self.recall(slot)?;
            }
            b't' => {
                let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark));
                let items = self.stack.split_off(mark.ok_or_else(|| unexpected(at))?);
                self.stack.push(Value::Tuple(items[1..].into()));
            }
            code @ 0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let start = self.stack.len().checked_sub(count).ok_or_else(|| unexpected(at))?;
                let items = self.stack.split_off(start);
                self.stack.push(Value::Tuple(items.into()));
            }
            b'Q' => {
                let reference = self.pop()?;
                self.stack.push(storage(&reference)?);
            }
            b'R' => {
                let (arguments, callable) = (self.pop()?, self.pop()?);
                self.stack.push(called(&callable, &arguments)?);
            }
            b'.' => return Ok(true),
            code => {
                return Err(format!(
                    "its pickle has the step {code:#04x} at byte {at}, which no tensor needs"
                ));
            }
        }
        Ok(false)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self
            .bytes
            .get(self.at..)
            .and_then(|rest| rest.first_chunk::<N>())
            .ok_or("its pickle is cut off")?;
        self.at += N;
        Ok(*bytes)
    }

    fn text(&mut self, len: usize) -> Result<(), String> {
        let bytes = self.bytes[self.at..].get(..len).ok_or("its pickle is cut off")?;
        self.at += len;
        let text = std::str::from_utf8(bytes).map_err(|_| "its pickle has a text that is not UTF-8")?;
        self.stack.push(Value::Text(text.into()));
        Ok(())
    }

    fn line(&mut self) -> Result<&'a str, String> {
        let rest = &self.bytes[self.at..];
        let len = rest.iter().position(|&byte| byte == b'\n').ok_or("its pickle is cut off")?;
        self.at += len + 1;
        std::str::from_utf8(&rest[..len]).map_err(|_| "its pickle has a name that is not UTF-8".into())
    }

    fn long(&mut self) -> Result<(), String> {
        let [len] = self.array::<1>()?;
        let bytes = self.bytes[self.at..].get(..len.into()).ok_or("its pickle is cut off")?;
        self.at += bytes.len();
        if bytes.len() > 7 || bytes.last().is_some_and(|&top| top >= 0x80) {
            return Err("its pickle has a number that no tensor needs".into());
        }
        let value = bytes.iter().rev().fold(0i64, |value, &byte| value << 8 | i64::from(byte));
        self.stack.push(Value::Int(value));
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| unexpected(self.at))
    }

    fn remember(&mut self, slot: u32) -> Result<(), String> {
        let top = self.stack.last().cloned().ok_or_else(|| unexpected(self.at))?;
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u32) -> Result<(), String> {
        let value = self.memo.get(&slot).cloned().ok_or_else(|| unexpected(self.at))?;
        self.stack.push(value);
        Ok(())
    }
}

fn unexpected(at: usize) -> String {
    format!("its pickle makes no sense at byte {at}")
}

/// What a reference to the archive's numbers stands for.
fn storage(reference: &Value) -> Result<Value, String> {
    let Value::Tuple(parts) = reference else {
        return Err("its pickle refers to something that is no storage".into());
    };
    match &parts[..] {
        [Value::Text(kind), Value::Global(of), Value::Text(key), _, _] if &**kind == "storage" => {
            let element = match &**of {
                "torch.FloatStorage" => Element::F32,
                "torch.HalfStorage" => Element::F16,
                "torch.DoubleStorage" => Element::F64,
                other => return Err(format!("its numbers are a {other}, expected floats")),
            };
            Ok(Value::Storage { element, key: key.clone() })
        }
        _ => Err("its pickle refers to something that is no storage".into()),
    }
}

/// What a call would return, for the two that describe a tensor.
fn called(callable: &Value, arguments: &Value) -> Result<Value, String> {
    let (Value::Global(name), Value::Tuple(arguments)) = (callable, arguments) else {
        return Err("its pickle calls something that has no name".into());
    };
    match (&**name, &arguments[..]) {
        ("collections.OrderedDict", []) => Ok(Value::Other),
        (
            "torch._utils._rebuild_tensor_v2",
            [
                Value::Storage { element, key },
                Value::Int(offset),
                Value::Tuple(shape),
                Value::Tuple(strides),
                ..,
            ],
        ) => {
            let lens = |tuple: &[Value]| {
                let len = |value: &Value| match value {
                    Value::Int(len) => {
                        usize::try_from(*len).map_err(|_| "its pickle has a negative length".to_owned())
                    }
                    _ => Err("its pickle has a shape that is no list of numbers".to_owned()),
                };
                tuple.iter().map(len).collect::<Result<Vec<usize>, String>>()
            };
            let offset = usize::try_from(*offset).map_err(|_| "its pickle has a negative offset")?;
            let (shape, strides) = (lens(shape)?, lens(strides)?);
            Ok(Value::Tensor(Rc::new(TensorInfo {
                element: *element,
                key: key.to_string(),
                offset,
                shape,
                strides,
            })))
        }
        (name, _) => Err(format!("its pickle calls {name}, which is not done")),
    }
}
