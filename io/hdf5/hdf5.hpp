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
            close(id_);  // a destructor cannot report a failure
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

/// IEEE binary16, little-endian, as h5py writes it. HDF5 has no predefined type for it.
Type float16_type();

/// Text in UTF-8. @param bytes  fixed length, padded with zeros; or H5T_VARIABLE
Type text_type(std::size_t bytes);

/// File access without locking: some cluster file systems have no locks, and our finished files never change.
Properties unlocked_access();

/// Returns the process-wide lock on the HDF5 library, whose usual build is not thread-safe. Hold it during
/// calls if other threads may call the library, too. It is recursive.
[[nodiscard]] std::unique_lock<std::recursive_mutex> exclusive_use();

/// Stops the library from printing errors and clears those of earlier calls. Call it before any other use.
void silence();

/// Returns the library's reason for the last failed call as " (libhdf5: ...)"; empty if there is none.
std::string library_reason();

}  // namespace sslslr::io::hdf5
