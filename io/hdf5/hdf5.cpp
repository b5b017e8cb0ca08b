#include "io/hdf5/hdf5.hpp"

#include <algorithm>
#include <cstdint>

#include "io/hdf5/hdf5_version.hpp"

namespace sslslr::io::hdf5 {

template <>
hid_t native_type<std::int64_t>() {
    return H5T_NATIVE_INT64;
}
template <>
hid_t native_type<std::uint64_t>() {
    return H5T_NATIVE_UINT64;
}
template <>
hid_t native_type<double>() {
    return H5T_NATIVE_DOUBLE;
}

Type float16_type() {
    Type type{H5Tcopy(H5T_IEEE_F32LE)};
    H5Tset_fields(type.id(), 15, 10, 5, 0, 10);
    H5Tset_size(type.id(), 2);
    H5Tset_ebias(type.id(), 15);
    return type;
}

Type text_type(std::size_t bytes) {
    Type type{H5Tcopy(H5T_C_S1)};
    H5Tset_size(type.id(), bytes);
    H5Tset_cset(type.id(), H5T_CSET_UTF8);
    H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
    return type;
}

Properties unlocked_access() {
    Properties access{H5Pcreate(H5P_FILE_ACCESS)};
    H5Pset_file_locking(access.id(), false, true);
    return access;
}

std::unique_lock<std::recursive_mutex> exclusive_use() {
    static std::recursive_mutex mutex;  // one per process, as is the library's state
    return std::unique_lock{mutex};
}

void silence() {
    // After a failed write (a full disk), the library's clean-up at exit crashes. It is not needed: our
    // owners close everything.
    [[maybe_unused]] static const herr_t no_clean_up_at_exit = H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5Eclear2(H5E_DEFAULT);
}

std::string library_reason() {
    std::string reason;
    const auto keep_innermost = [](unsigned depth, const H5E_error2_t* error, void* out) -> herr_t {
        if (depth == 0 && error->desc != nullptr) {
            *static_cast<std::string*>(out) = std::string{" (libhdf5: "} + error->desc + ")";
        }
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &reason);
    std::ranges::replace(reason, '\n', ' ');
    return reason;
}

}  // namespace sslslr::io::hdf5

std::string sslslr::io::hdf5_version() {
    hdf5::silence();
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}
