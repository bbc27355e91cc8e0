update response set counted_page = page_path
