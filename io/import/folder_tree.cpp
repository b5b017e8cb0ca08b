#include "io/import/folder_tree.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/data_error.hpp"
#include "io/lower_case.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A run of digits without its leading zeros; moves `at` behind it.
std::string_view take_number(const std::string& text, std::size_t& at) {
    const auto begin = std::min(text.find_first_not_of('0', at), text.size());
    auto end = begin;
    while (end < text.size() && is_digit(text[end])) {
        ++end;
    }
    at = end;
    return std::string_view{text}.substr(begin, end - begin);
}

template <class Keep>
std::vector<std::string> names_in(const fs::path& folder, const Keep& keep) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator each{folder, error}, end; !error && each != end; each.increment(error)) {
        if (keep(*each)) {
            names.push_back(each->path().filename().string());
        }
    }
    if (error) {
        throw DataError{folder, "cannot be listed: " + error.message()};
    }
    std::ranges::sort(names, naturally_less);
    return names;
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

std::vector<std::string> folders_in(const fs::path& folder) {
    return names_in(folder, [](const fs::directory_entry& each) { return each.is_directory(); });
}

std::vector<std::string> files_in(const fs::path& folder, const std::string& extension) {
    return names_in(folder, [&](const fs::directory_entry& each) {
        return lower_case(each.path().extension().string()) == extension && !each.is_directory();
    });
}

std::vector<TreeFile> files_under(const fs::path& folder, const std::vector<std::string>& extensions) {
    const auto fits = [&](const fs::path& path) {
        return std::ranges::find(extensions, lower_case(path.extension().string())) != extensions.end();
    };
    if (!fs::exists(folder)) {
        throw DataError{folder, "expected a folder or file to import, found nothing of that name"};
    }
    std::vector<TreeFile> files;
    if (!fs::is_directory(folder)) {
        if (fits(folder)) {
            files.push_back({folder, folder.stem().string()});
        }
    } else {
        std::error_code error;
        for (fs::recursive_directory_iterator each{folder, error}, end; !error && each != end;
             each.increment(error)) {
            std::error_code none;  // a link to nowhere is an unreadable clip, not an unreadable folder
            if (fits(each->path()) && !each->is_directory(none)) {
                auto name = each->path().lexically_relative(folder);
                files.push_back({each->path(), name.replace_extension().generic_string()});
            }
        }
        if (error) {
            throw DataError{folder, "cannot be listed: " + error.message()};
        }
    }
    if (files.empty()) {
        throw DataError{
            folder, fmt::format("expected files ending in {}, found none", fmt::join(extensions, " or "))};
    }
    std::ranges::sort(files,
                      [](const TreeFile& a, const TreeFile& b) { return naturally_less(a.name, b.name); });
    return files;
}

}  // namespace sslslr::io
