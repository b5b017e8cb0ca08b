#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <hdf5.h>

// Thin owners over the HDF5 C library (1.10.7 or newer); used within io/ only.
namespace sslslr::io::hdf5 {

/// Sole owner of an HDF5 identifier.
template <herr_t (*close)(hid_t)>
class Handle {
public:
    Handle() = default;
    explicit Handle(hid_t owned) : id_{owned} {}
    Handle(Handle&& other) noexcept : id_{other.release()} {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~Handle() {
        if (is_valid()) {
            close(id_);  // a destructor has nobody to tell
        }
    }

    hid_t id() const noexcept { return id_; }
    bool is_valid() const noexcept { return id_ >= 0; }
    hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }

private:
    hid_t id_ = H5I_INVALID_HID;
};

using FileHandle = Handle<H5Fclose>;
using Object = Handle<H5Oclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Attribute = Handle<H5Aclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using Properties = Handle<H5Pclose>;

using Shape = std::vector<hsize_t>;

/// The HDF5 type of a C++ number in memory.
template <class T>
hid_t native_type();

/// IEEE binary16, little-endian, as h5py writes it; the library has no name for it.
Type float16_type();

/// A text in UTF-8: of `bytes` bytes, or H5T_VARIABLE.
Type text_type(std::size_t bytes);

/// Access to a file without a lock: some cluster file systems have none, and a finished file of ours never
/// changes.
Properties unlocked_access();

/// To be held by whoever calls the library while another thread of the process may, too: its usual build is not
/// safe for threads. A thread that holds it may take it again.
[[nodiscard]] std::unique_lock<std::recursive_mutex> exclusive_use();

/// Stops the library from printing errors itself and forgets those of earlier calls. To be called before any
/// other use.
void silence();

/// The library's own reason for the last failed call, in brackets, or nothing.
std::string library_reason();

}  // namespace sslslr::io::hdf5
