//! Tensors that PyTorch has saved: a zip archive with a pickle and, uncompressed, the numbers.

use super::archive::{self, Entry};
use super::file::Array;
use super::pickle::{self, TensorInfo};

/// The most numbers of a tensor: four times a pack of 4096 rows of 256.
const MAX_NUMBERS: usize = 1 << 22;

/// Reads the one tensor of an archive.
pub(super) fn read(bytes: &[u8]) -> Result<Array, String> {
    let entries = archive::entries(bytes)?;
    let pickles: Vec<&Entry> = entries.iter().filter(|entry| entry.name.ends_with("/data.pkl")).collect();
    let [pickle] = pickles[..] else {
        return Err(format!("the archive has {} files data.pkl, expected one", pickles.len()));
    };
    let folder = pickle.name.trim_end_matches("data.pkl");
    let find = |name: &str| entries.iter().find(|entry| entry.name.strip_prefix(folder) == Some(name));
    if find("byteorder").is_some_and(|order| order.content != b"little") {
        return Err("its numbers are not little-endian".into());
    }
    let info = pickle::tensor(pickle.content)?;
    let data = find(&format!("data/{}", info.key)).ok_or("the archive lacks the tensor's numbers")?;
    gather(&info, &info.element.decode(data.content))
}

/// The numbers of a tensor, row by row.
fn gather(info: &TensorInfo, numbers: &[f32]) -> Result<Array, String> {
    let TensorInfo { offset, shape, strides, .. } = info;
    let count = shape.iter().try_fold(1usize, |count, &len| count.checked_mul(len)).unwrap_or(usize::MAX);
    if count > MAX_NUMBERS || shape.len() != strides.len() || shape.len() > 4 {
        return Err(format!("its shape is {shape:?}, expected [rows, columns] or [rows, 1, columns]"));
    }
    let mut values = Vec::with_capacity(count);
    let mut index = vec![0usize; shape.len()];
    for _ in 0..count {
        let steps = index
            .iter()
            .zip(strides)
            .try_fold(*offset, |at, (&i, &stride)| at.checked_add(i.checked_mul(stride)?));
        let value = steps.and_then(|at| numbers.get(at));
        values.push(*value.ok_or("its shape reaches beyond its numbers")?);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    Ok(Array { shape: shape.clone(), values })
}
