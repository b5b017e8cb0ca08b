#include "io/corpus/folder_tree.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Returns a run of digits without leading zeros, and moves `at` behind it.
std::string_view take_number(const std::string& text, std::size_t& at) {
    const auto begin = std::min(text.find_first_not_of('0', at), text.size());
    auto end = begin;
    while (end < text.size() && is_digit(text[end])) {
        ++end;
    }
    at = end;
    return std::string_view{text}.substr(begin, end - begin);
}

}  // namespace

bool naturally_less(const std::string& a, const std::string& b) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (is_digit(a[i]) && is_digit(b[j])) {
            const auto x = take_number(a, i);
            const auto y = take_number(b, j);
            if (x.size() != y.size()) {
                return x.size() < y.size();
            }
            if (x != y) {
                return x < y;
            }
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i;
            ++j;
        }
    }
    const auto left_of_a = a.size() - i;
    const auto left_of_b = b.size() - j;
    return left_of_a != left_of_b ? left_of_a < left_of_b : a < b;
}

std::string folder_of(const std::string& name) {
    const auto end = name.rfind('/');
    if (end == std::string::npos) {
        return "";
    }
    const auto begin = name.rfind('/', end - 1);
    return begin == std::string::npos || end == 0 ? name.substr(0, end)
                                                  : name.substr(begin + 1, end - begin - 1);
}

std::string conversion_of(const fs::path& path) {
    const auto extension = lower_case(path.extension().string());
    if (extension == ".npz") {
        return "save each of its arrays in its own file with numpy.save";
    }
    if (extension == ".mat") {
        return "read it with scipy.io.loadmat, or h5py, and save each clip's array with numpy.save";
    }
    const bool is_spreadsheet = extension == ".xls" || extension == ".xlsx" || extension == ".ods";
    return is_spreadsheet ? "save it as 'CSV UTF-8' in a spreadsheet program" : "";
}

std::vector<TreeFile> files_under(const fs::path& folder, const std::vector<std::string>& extensions,
                                  Listing& listing) {
    if (!fs::exists(folder)) {
        throw DataError{folder, "expected a folder or file to import, found nothing of that name"};
    }
    if (!fs::is_directory(folder)) {
        if (std::ranges::find(extensions, lower_case(folder.extension().string())) == extensions.end()) {
            const auto conversion = conversion_of(folder);
            throw DataError{folder, fmt::format("expected a folder, or a file ending in {}{}{}",
                                                fmt::join(extensions, " or "), conversion.empty() ? "" : ": ",
                                                conversion)};
        }
        return {{folder, folder.stem().string()}};
    }
    const auto left_out = listing.left_out.size();
    const auto notes = listing.notes.size();
    auto files = walk_folder(folder, extensions, listing).files;
    if (files.empty()) {
        auto problem = fmt::format("expected files ending in {}, found none", fmt::join(extensions, " or "));
        if (listing.left_out.size() > left_out) {
            problem += "; " + listing.left_out[left_out].reason;
        }
        if (listing.notes.size() > notes) {
            problem += "; " + listing.notes[notes];
        }
        throw DataError{folder, problem};
    }
    return files;
}

}  // namespace sslslr::io
